"""Saving is deterministic, and whole or not at all."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest
import torch
from PIL import Image

from condenset.artifact import load, save
from condenset.core.errors import CondensetError, RequestError
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task
from tests.artifact.conftest import RECIPE


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_folder_holds_what_the_schema_says(saved: Path) -> None:
    assert sorted(contents(saved)) == ["README.md", "card.json", "data.safetensors", "preview.png"]
    card = json.loads((saved / "card.json").read_text())
    assert card["schema"] == "condenset/2"
    assert card["tensors"][0] == {"name": "codec/data", "shape": [6, 3, 8, 8], "dtype": "float32"}
    assert [entry["name"] for entry in card["tensors"]] == ["codec/data", "groups", "labels/values", "log_rates"]
    assert set(card["versions"]) == {"python", "condenset", "torch", "numpy", "threads"}
    with Image.open(saved / "preview.png") as picture:
        assert picture.size[0] > 100


def test_the_same_set_gives_the_same_bytes(saved: Path, synthetic: SyntheticSet, task: Task, tmp_path: Path) -> None:
    assert contents(save(synthetic, task, tmp_path / "again", RECIPE)) == contents(saved)
    assert contents(save(load(saved), task, tmp_path / "back", RECIPE)) == contents(saved)


def test_a_full_disk_leaves_nothing_behind(
    synthetic: SyntheticSet, task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "log.jsonl").write_text("{}\n")
    replace, left = Path.replace, [0]

    def full(self: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full)
    for allowed in (0, 1, 3):
        left[0] = allowed
        with pytest.raises(
            CondensetError, match=r"disk is full\): [\d,]+ bytes are needed. What stood there before is as it was"
        ) as caught:
            save(synthetic, task, run, RECIPE)
        assert not isinstance(caught.value, RequestError)
        assert contents(run) == {"log.jsonl": b"{}\n"}
    monkeypatch.setattr("condenset.artifact.saving.write_through", lambda *_: full(run, run))
    with pytest.raises(CondensetError, match="disk is full"):
        save(synthetic, task, tmp_path / "new", RECIPE)
    assert not (tmp_path / "new").exists()


def test_a_finished_set_is_never_overwritten(saved: Path, synthetic: SyntheticSet, task: Task) -> None:
    before = contents(saved)
    with pytest.raises(RequestError, match="holds a finished set already"):
        save(synthetic, task, saved, RECIPE)
    assert contents(saved) == before


def test_values_that_are_not_finite_are_not_saved(synthetic: SyntheticSet, task: Task, tmp_path: Path) -> None:
    with torch.no_grad():
        synthetic.codec.data[0] = float("inf")
    with pytest.raises(CondensetError, match=r"\['codec/data'\] are not finite"):
        save(synthetic, task, tmp_path / "set", RECIPE)
    assert not (tmp_path / "set").exists()


def test_a_recipe_that_is_no_json(synthetic: SyntheticSet, task: Task, tmp_path: Path) -> None:
    for value in (float("nan"), object()):
        with pytest.raises(RequestError, match="cannot be JSON"):
            save(synthetic, task, tmp_path / "set", {"method": value})
