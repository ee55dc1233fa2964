"""A saved set comes back exactly, and whatever is wrong with a folder gives an error that says so."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from condenset.artifact import load, read, save
from condenset.artifact.reading import refuse_altered
from condenset.core.errors import ArtifactError, PluginError
from condenset.core.registry import Registry
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task
from tests.artifact.conftest import RECIPE


def change_card(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    card = json.loads((folder / "card.json").read_text())
    change(card)
    (folder / "card.json").write_text(json.dumps(card))


def rewrite(folder: Path, **tensors: torch.Tensor) -> None:
    """Replace tensors as an attacker would: all that the card says agrees. `codec_data` stands for codec/data."""
    path = folder / "data.safetensors"
    found = load_file(path)
    found |= {name if name in found else name.replace("_", "/", 1): tensor for name, tensor in tensors.items()}
    save_file(found, path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    listed = [{"name": n, "shape": list(t.shape), "dtype": str(t.dtype)[6:]} for n, t in sorted(found.items())]
    budget = {
        "data": sum(t.nbytes for n, t in found.items() if n.startswith("codec/")),
        "labels": sum(t.nbytes for n, t in found.items() if n.startswith("labels/")),
        "extras": sum(t.nbytes for n, t in found.items() if n in ("log_rates", "weights")),
    }
    change_card(folder, lambda card: card.update(tensors=listed, sha256=digest, budget=budget))


def refused(folder: Path, pattern: str) -> None:
    with pytest.raises(ArtifactError, match=pattern):
        read(folder)


def set_header(folder: Path, header: dict[str, Any]) -> None:
    text = json.dumps(header).encode()
    (folder / "data.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + b"\0" * 64)


def test_every_tensor_comes_back_bit_for_bit(saved: Path, synthetic: SyntheticSet) -> None:
    back = load(saved)
    expected = synthetic.state_dict()
    assert back.state_dict().keys() == expected.keys() and "log_rates" in expected
    assert all(torch.equal(value, expected[name]) for name, value in back.state_dict().items())
    assert back.contract == synthetic.contract
    assert back.nbytes() == synthetic.nbytes()


def test_the_card_comes_back_typed(saved: Path, task: Task) -> None:
    card = read(saved).card
    assert card.task.target == task.target
    assert card.task.input_spec.shape == (3, 8, 8)
    assert (card.codec.name, card.labels.kind, card.recipe) == ("raw", "soft", RECIPE)
    assert {name: value for name, value in vars(card.task.fingerprint).items() if value} == task.fingerprint
    assert card.budget.total == 6 * 3 * 64 * 4 + 6 * 3 * 4 + 4


def test_a_table_needs_no_dataset_to_decode(table_set: SyntheticSet, table_task: Task, tmp_path: Path) -> None:
    back = load(save(table_set, table_task, tmp_path / "set", RECIPE))
    assert torch.equal(back.decode().inputs, table_set.decode().inputs)
    assert back.codec.to_frame()["town"].isin(["Bonn", "Köln"]).all()


def test_truncated(saved: Path) -> None:
    path = saved / "data.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    refused(saved, "truncated: its tensors take .* bytes and it holds")
    path.write_bytes(b"\x10")
    refused(saved, "truncated")


def test_altered_byte(saved: Path) -> None:
    path = saved / "data.safetensors"
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    refused(saved, "was altered: its SHA-256 is")


def test_any_altered_byte_is_noticed(saved: Path, tmp_path: Path) -> None:
    content = (saved / "data.safetensors").read_bytes()
    for position in range(0, len(content), 97):
        altered = bytearray(content)
        altered[position] ^= 0xFF
        (saved / "data.safetensors").write_bytes(altered)
        with pytest.raises(ArtifactError):
            read(saved)


def test_absurd_shape_is_refused_before_it_is_allocated(saved: Path) -> None:
    entry = {"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 64]}
    set_header(saved, {"codec/data": entry})
    refused(saved, r"takes 4,835,703,278,458,516,698,824,704 bytes")
    set_header(saved, {"codec/data": entry | {"shape": [-4, -4]}})
    refused(saved, "not whole numbers")
    set_header(saved, {"codec/data": entry | {"shape": [16], "dtype": "C64"}})
    refused(saved, "has dtype 'C64'")
    (saved / "data.safetensors").write_bytes(struct.pack("<Q", 2**62) + b"{" * 64)
    refused(saved, "truncated or altered")


def test_overlapping_tensors(saved: Path) -> None:
    entry = {"dtype": "F32", "shape": [16], "data_offsets": [0, 64]}
    set_header(saved, {"codec/data": entry, "groups": entry})
    refused(saved, "overlap")


def test_shape_other_than_the_card_says(saved: Path) -> None:
    change_card(saved, lambda card: card["tensors"][0].update(shape=[6, 3, 4, 16]))
    refused(saved, r"tensor 'codec/data' is \(6, 3, 8, 8\) float32, its card says \(6, 3, 4, 16\)")


def test_a_tensor_that_the_card_does_not_list(saved: Path) -> None:
    change_card(saved, lambda card: card["tensors"].pop(1))
    refused(saved, "they do not match")


@pytest.mark.parametrize("name", ["../data.safetensors", "/etc/hostname", "sub/data.safetensors", "..", ""])
def test_climbing_path(saved: Path, name: str) -> None:
    change_card(saved, lambda card: card.update(data=name))
    refused(saved, "leads elsewhere")


@pytest.mark.parametrize("name", ["data.safetensors", "card.json"])
def test_symbolic_link(saved: Path, tmp_path: Path, name: str) -> None:
    shutil.move(saved / name, tmp_path / "outside")
    (saved / name).symlink_to(tmp_path / "outside")
    refused(saved, "symbolic link")


class Evil:
    """Runs code when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("opened",)


@pytest.mark.parametrize("write", [lambda p: p.write_bytes(pickle.dumps(Evil())), lambda p: torch.save(Evil(), p)])
def test_a_pickle_is_never_opened(saved: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], Any]) -> None:
    monkeypatch.chdir(saved)
    write(saved / "data.safetensors")
    refused(saved, "is a pickle, which can run code")
    (saved / "data.safetensors").rename(saved / "data.pt")
    refused(saved, r"holds \['data.pt'\], not data.safetensors")
    with pytest.raises(ArtifactError, match="is a file"):
        read(saved / "data.pt")
    assert not (saved / "opened").exists()


def test_future_schema(saved: Path) -> None:
    change_card(saved, lambda card: card.update(schema="condenset/3", surprise=1))
    refused(saved, "'condenset/3', written by a newer condenset: this one reads 'condenset/2', upgrade")


@pytest.mark.parametrize("schema", ["other/1", None, 3, ["condenset/1"]])
def test_unknown_schema(saved: Path, schema: Any) -> None:
    change_card(saved, lambda card: card.update(schema=schema))
    refused(saved, "expected 'condenset/2'")


@pytest.mark.parametrize("name", ["card.json", "data.safetensors"])
def test_missing_file(saved: Path, name: str) -> None:
    (saved / name).unlink()
    refused(saved, f"{name} is missing")


def test_missing_folder(tmp_path: Path) -> None:
    refused(tmp_path / "none", "does not exist")


@pytest.mark.parametrize(
    ("change", "pattern"),
    [
        (lambda card: card["codec"].update(name="os"), "unknown codec 'os'"),
        (lambda card: card["labels"].update(kind="../hard"), "unknown kind of labels"),
        (lambda card: card["codec"].update(fields={}), "KeyError: 'input_shape'"),
        (lambda card: card["task"]["input_spec"].update(shape=[3, 8, 9]), r"where \(3, 8, 9\) was expected"),
        (lambda card: card["task"].update(groups=["a", "b"]), "groups reach outside 0..1"),
        (lambda card: card["task"]["target"].update(classes=["a", "b"]), "2 classes expected"),
        (lambda card: card["task"]["input_spec"].update(dtype="os"), "'os' is no type of numbers"),
        (lambda card: card["task"].update(input_spec=3), "3 is no spec of an example"),
        (lambda card: card["task"]["target"].update(classes="abc"), "'abc' is no list"),
        (lambda card: card["task"]["target"].update(kind="riddle"), "'riddle' is no kind of target"),
        (lambda card: card["budget"].update(data="many"), "'many' is no int"),
        (lambda card: card["contract"].update(epochs=True), "epochs"),
        (lambda card: card.pop("contract"), "required field missing.*contract"),
        (lambda card: card.update(extra=1), "extra fields found .extra."),
        (lambda card: card.update(recipe=[1]), "recipe"),
    ],
)  # fmt: skip
def test_a_card_that_is_wrong(saved: Path, change: Callable[[dict[str, Any]], None], pattern: str) -> None:
    change_card(saved, change)
    refused(saved, pattern)


def test_a_codec_whose_package_is_broken(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    get = Registry.get

    def fails(self: Registry, name: str) -> object:
        if self.noun == "codec":
            raise PluginError(self.noun, name, "theirs", "no licence")
        return get(self, name)

    monkeypatch.setattr(Registry, "get", fails)
    refused(saved, "cannot be opened: the codec 'raw' of the package 'theirs' cannot be used: no licence")


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "nul", '{"schema": NaN}', b"\xff\xfe"])
def test_a_card_that_is_no_json(saved: Path, text: str | bytes) -> None:
    (saved / "card.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    refused(saved, "card.json")


def test_values_that_are_not_finite(saved: Path) -> None:
    data = load_file(saved / "data.safetensors")["codec/data"]
    data[0, 0, 0, 0] = float("nan")
    rewrite(saved, codec_data=data)
    refused(saved, "'codec/data' holds values that are not finite")


@pytest.mark.parametrize(
    ("tensors", "pattern"),
    [
        ({"groups": torch.tensor([0, 1, 2, 0, 1, 9])}, "groups reach outside 0..2"),
        ({"groups": torch.zeros(6)}, r"'groups' is \(6,\) torch.float32"),
        ({"labels_values": torch.zeros(5, 3)}, "does not decode|5 labels for 6 items"),
        ({"labels_values": torch.zeros(6, 4)}, "3 classes expected"),
        ({"codec_data": torch.zeros(5, 3, 8, 8)}, "5 decoded examples for 6 items"),
        ({"codec_data": torch.zeros(6, 3, 8, 7)}, r"examples are \(3, 8, 7\) where \(3, 8, 8\) was expected"),
    ],
)
def test_tensors_that_contradict_each_other(saved: Path, tensors: dict[str, torch.Tensor], pattern: str) -> None:
    rewrite(saved, **tensors)
    refused(saved, pattern)


def test_a_number_that_is_not_finite_is_no_json(saved: Path) -> None:
    text = (saved / "card.json").read_text().replace('"epochs": 7', '"epochs": 1e999')
    (saved / "card.json").write_text(text)
    refused(saved, "1e999 is no JSON number")


def test_fields_that_decode_to_what_is_not_finite(table_set: SyntheticSet, table_task: Task, tmp_path: Path) -> None:
    folder = save(table_set, table_task, tmp_path / "set", RECIPE)
    change_card(folder, lambda card: card["codec"]["fields"]["columns"][0]["scale"].update(std=1e-310))
    refused(folder, "decoded examples are not finite")


def test_a_rate_under_which_nothing_stays_finite(saved: Path) -> None:
    rewrite(saved, log_rates=torch.tensor([69.0]))
    refused(saved, r"a learnt rate is 9\.2.*e\+29: expected at most 1000")


def test_pipes_in_a_set_are_not_waited_for(saved: Path) -> None:
    for name in ("data.safetensors", "card.json"):
        (saved / name).unlink()
        os.mkfifo(saved / name)
        refused(saved, f"{name} is missing")


def test_a_card_alone_is_refused_beside_tensors_that_were_altered(saved: Path) -> None:
    card = read(saved).card
    refuse_altered(saved, card)
    path = saved / "data.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(ArtifactError, match="was altered: its SHA-256"):
        refuse_altered(saved, card)
    path.unlink()
    refuse_altered(saved, card)
    path.symlink_to(path)
    with pytest.raises(ArtifactError, match="symbolic link"):
        refuse_altered(saved, card)
