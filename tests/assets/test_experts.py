"""Expert trajectories: against a torch loop, kept, told apart by what they depend on, safe from broken files."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from condenset.assets.experts import Experts, ExpertStore
from condenset.core.errors import DataError
from condenset.core.rng import Rng
from condenset.tasks.image.augment import DSA
from tests.conftest import close
from tests.examples import blobs, digits

NAME = "mlp:width=4,depth=1"
EXPERTS = Experts(count=2, epochs=3, batch=9999, rate=0.2, momentum=0.5)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    return tmp_path


def test_a_trajectory_begins_at_the_drawn_network_and_descends_on_all_data() -> None:
    """Whole-data batches; the momentum starts anew in every epoch, so it plays no part here."""
    task = blobs()
    found = ExpertStore(EXPERTS, task, NAME).trajectory(1)
    network = task.network(NAME, Rng(0).child("expert", 1))
    assert found.shape == (4, len(network.flat()))
    assert torch.equal(found[0], network.flat())
    flat = network.flat().requires_grad_()
    for epoch in range(1, 4):
        logits = network(task.train.batch.inputs, network.unflatten(flat)).logits
        (gradient,) = torch.autograd.grad(F.cross_entropy(logits, task.train.batch.targets), flat)
        flat = (flat - 0.2 * gradient).detach().requires_grad_()
        close(found[epoch], flat, 1e-5)


def test_trajectories_repeat_in_another_folder_and_differ_by_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experts = Experts(epochs=2, examples=20, batch=8)
    first, other = (ExpertStore(experts, digits(), NAME).trajectory(number) for number in (0, 1))
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path / "again"))
    assert torch.equal(ExpertStore(experts, digits(), NAME).trajectory(0), first)
    assert not torch.allclose(first, other)


def test_the_second_call_reads_the_file() -> None:
    store = ExpertStore(EXPERTS, blobs(), NAME)
    first = store.trajectory(0)
    path = store.folder / "0000.safetensors"
    save_file({"parameters": first + 1}, path)
    assert torch.equal(ExpertStore(EXPERTS, blobs(), NAME).trajectory(0), first + 1)
    path.unlink()
    assert torch.equal(store.trajectory(0), first)


def test_whatever_changes_a_trajectory_changes_the_folder(folder: Path) -> None:
    stores = [
        ExpertStore(EXPERTS, blobs(), NAME),
        ExpertStore(EXPERTS, blobs(spread=2.0), NAME),
        ExpertStore(EXPERTS, blobs(), "mlp:width=5,depth=1"),
        ExpertStore(EXPERTS, digits(), NAME),
        ExpertStore(EXPERTS, replace(digits(), augmentation=DSA(strategy=("crop",))), NAME),
        *(
            ExpertStore(replace(EXPERTS, **{field: value}), blobs(), NAME)
            for field, value in (
                ("epochs", 4), ("examples", 5), ("rate", 0.3), ("momentum", 0.0), ("batch", 7), ("augment", False),
                ("seed", 1),
            )
        ),
    ]  # fmt: skip
    assert len({store.folder for store in stores}) == len(stores)
    assert all(store.folder.is_relative_to(folder) for store in stores)


def test_more_experts_share_the_folder_and_the_default_network_is_that_of_its_name() -> None:
    assert ExpertStore(replace(EXPERTS, count=50), blobs(), NAME).folder == ExpertStore(EXPERTS, blobs(), NAME).folder
    assert ExpertStore(EXPERTS, blobs(), None).folder == ExpertStore(EXPERTS, blobs(), "mlp").folder


@pytest.mark.parametrize("damage", ["empty", "truncated", "text", "other tensor", "other shape"])
def test_a_broken_file_is_named(damage: str) -> None:
    store = ExpertStore(EXPERTS, blobs(), NAME)
    store.trajectory(0)
    path = store.folder / "0000.safetensors"
    content = path.read_bytes()
    match damage:
        case "empty":
            path.write_bytes(b"")
        case "truncated":
            path.write_bytes(content[: len(content) // 2])
        case "text":
            path.write_text("nothing of the kind")
        case "other tensor":
            save_file({"weights": torch.zeros(3)}, path)
        case _:
            save_file({"parameters": torch.zeros(3, 2)}, path)
    with pytest.raises(DataError, match=r"0000\.safetensors.*delete it"):
        store.trajectory(0)


def test_writers_at_the_same_time_agree_and_leave_nothing_else() -> None:
    barrier, found, errors = threading.Barrier(4), [], []

    def work() -> None:
        store = ExpertStore(EXPERTS, blobs(), NAME)
        barrier.wait()
        try:
            found.append(store.trajectory(0))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert all(torch.equal(trajectory, found[0]) for trajectory in found)
    assert [p.name for p in ExpertStore(EXPERTS, blobs(), NAME).folder.iterdir()] == ["0000.safetensors"]
