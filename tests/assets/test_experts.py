"""Experts: against a torch loop, kept at few bytes, told apart by what they depend on, resumed, safe from bad files."""

from __future__ import annotations

import shutil
import threading
import traceback
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from condenset.assets import experts as module
from condenset.assets.curriculum import Curriculum, neighbour_entropy
from condenset.assets.experts import Experts, ExpertStore, FirstLesson
from condenset.core.errors import DataError
from condenset.core.rng import Rng
from condenset.learners.gsam import Flatness
from condenset.learners.training import Training
from condenset.tasks.pictures.augment import DSA
from condenset.tasks.unlabelled_images.loading import unlabelled
from tests.conformance.kinds import encoded
from tests.conftest import close
from tests.examples import blobs, digits
from tests.tasks.graph.example import communities

NAME = "mlp:width=4,depth=1"
EXPERTS = Experts(count=2, examples=None, batch=9999, rate=0.2, momentum=0.5)
KEPT = (1, 2, 3)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    return tmp_path


def store(**changes: object) -> ExpertStore:
    return ExpertStore(replace(EXPERTS, **changes), blobs(), NAME, KEPT)


def checkpoints(found: ExpertStore, number: int = 0, epochs: tuple[int, ...] = (0, 1, 2, 3)) -> list[Tensor]:
    return [found.checkpoint(number, epoch) for epoch in epochs]


def descended(number: int, epochs: int) -> list[Tensor]:
    """Whole-data batches; the momentum starts anew in every epoch, so it plays no part here."""
    task = blobs()
    network = task.network(NAME, Rng(0).child("expert", number))
    found = [network.flat()]
    for _ in range(epochs):
        flat = found[-1].detach().requires_grad_()
        logits = network(task.train.batch.inputs, network.unflatten(flat)).logits
        (gradient,) = torch.autograd.grad(F.cross_entropy(logits, task.train.batch.targets), flat)
        found.append((flat - 0.2 * gradient).detach())
    return found


def test_the_same_pictures_with_other_targets_have_experts_of_their_own() -> None:
    named = encoded.make()
    pretraining = unlabelled(named)
    assert named.fingerprint == pretraining.fingerprint and named.preprocessing == pretraining.preprocessing
    stores = [ExpertStore(EXPERTS, task, "convnet:width=4,depth=1", (1,)) for task in (named, pretraining)]
    assert stores[0].folder != stores[1].folder
    assert [len(store.checkpoint(0, 1)) for store in stores] == [len(store.checkpoint(0, 0)) for store in stores]


def test_an_expert_begins_at_the_drawn_network_and_descends_on_all_data() -> None:
    found, expected = checkpoints(store(), 1), descended(1, 3)
    assert torch.equal(found[0], expected[0])
    for epoch in range(1, 4):
        moved = expected[epoch] - expected[epoch - 1]
        assert (found[epoch] - expected[epoch]).abs().max() <= 2**-8 * moved.abs().max()  # half a digit of bfloat16


def test_roundings_do_not_add_up() -> None:
    found, expected = ExpertStore(EXPERTS, blobs(), NAME, range(31)), descended(0, 30)
    worst = max((found.checkpoint(0, epoch) - expected[epoch]).abs().max().item() for epoch in (1, 10, 30))
    assert worst <= 2**-8 * max((b - a).abs().max().item() for a, b in pairwise(expected))


def test_only_what_can_be_read_is_stored_and_training_ends_with_it() -> None:
    """Starts 40 and 41 and goals 42 and 43 of what would be 51 snapshots in float32; the drawn network is no row."""
    found = ExpertStore(replace(EXPERTS, batch=40), digits(), "mlp:width=64,depth=1", (0, 40, 41, 42, 43))
    assert found.kept == (40, 41, 42, 43)
    found = ExpertStore(replace(EXPERTS, examples=40), digits(), "mlp:width=64,depth=1", (0, 1, 2, 3))
    found.checkpoint(0, 3)
    parameters = len(digits().network("mlp:width=64,depth=1", Rng(0)).flat())
    size = sum(file.stat().st_size for file in found.folder.iterdir())
    assert size <= 3 * 2 * parameters + 1024
    assert size <= 0.04 * 51 * 4 * parameters


def test_the_way_of_every_tensor_is_kept_for_every_epoch() -> None:
    found, expected = ExpertStore(EXPERTS, blobs(), NAME, (3,)), descended(0, 3)
    template = blobs().network(NAME, Rng(0))
    ends = [list(template.unflatten(end).values()) for end in expected]
    lengths = [[(b - a).norm() for a, b in zip(*ends[e : e + 2], strict=True)] for e in range(3)]
    close(found.lengths(0), torch.tensor(lengths), 1e-4)
    with safe_open(found.folder / "0000.safetensors", "pt") as file:
        assert file.get_slice("deltas").get_shape() == [1, len(expected[0])]
    assert (found.checkpoint(0, 3) - expected[3]).abs().max() <= 2**-8 * (expected[3] - expected[0]).abs().max()


def test_experts_repeat_in_another_folder_and_differ_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experts = Experts(examples=20, batch=8)
    first, other = (ExpertStore(experts, digits(), NAME, (2,)).checkpoint(number, 2) for number in (0, 1))
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path / "again"))
    assert torch.equal(ExpertStore(experts, digits(), NAME, (2,)).checkpoint(0, 2), first)
    assert not torch.allclose(first, other)


def test_the_second_call_reads_the_file() -> None:
    found = store()
    first = found.checkpoint(0, 3)
    path = found.folder / "0000.safetensors"
    with safe_open(path, "pt") as file:
        identity = file.metadata()
    tensors = load_file(path)
    save_file(tensors | {"deltas": 0 * tensors["deltas"]}, path, metadata=identity)
    assert torch.equal(store().checkpoint(0, 3), store().checkpoint(0, 0))
    path.unlink()
    assert torch.equal(found.checkpoint(0, 3), first)


@pytest.mark.parametrize("killed_in", [0, 1, 2])
def test_a_killed_training_goes_on_from_its_last_epoch(
    killed_in: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = checkpoints(store())
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path / "killed"))
    trained, real = [], module.train_epochs

    def counted(network, data, task, training, rng, *rest):
        trained.append(rng.path[-1])
        if trained == [*range(killed_in + 1)]:
            raise KeyboardInterrupt
        return real(network, data, task, training, rng, *rest)

    monkeypatch.setattr(module, "train_epochs", counted)
    with pytest.raises(KeyboardInterrupt):
        store().train(0)
    for ours, expected in zip(checkpoints(store()), whole, strict=True):
        assert torch.equal(ours, expected)
    assert trained == [*range(killed_in + 1), *range(killed_in, 3)]
    assert [path.name for path in store().folder.iterdir()] == ["0000.safetensors"]


def test_whatever_changes_an_expert_changes_the_folder(folder: Path) -> None:
    lesson = FirstLesson(blobs().train.all().select(torch.arange(3)), Training(epochs=1))
    stores = [
        store(),
        ExpertStore(EXPERTS, blobs(spread=2.0), NAME, KEPT),
        ExpertStore(EXPERTS, blobs(), "mlp:width=5,depth=1", KEPT),
        ExpertStore(EXPERTS, digits(), NAME, KEPT),
        ExpertStore(EXPERTS, replace(digits(), augmentation=DSA(strategy=("crop",))), NAME, KEPT),
        ExpertStore(EXPERTS, blobs(), NAME, (3,)),
        ExpertStore(EXPERTS, blobs(), NAME, KEPT, lesson),
        ExpertStore(EXPERTS, blobs(), NAME, KEPT, replace(lesson, training=Training(epochs=2))),
        ExpertStore(EXPERTS, blobs(), NAME, KEPT, replace(lesson, batch=blobs().train.all())),
        *(
            store(**{field: value})
            for field, value in (
                ("examples", 5), ("rate", 0.3), ("momentum", 0.0), ("batch", 7), ("augment", False), ("seed", 1),
                ("cutmix", 0.5),
                ("flatness", Flatness()), ("flatness", Flatness(gap=0.5)), ("curriculum", Curriculum()),
            )
        ),
    ]  # fmt: skip
    assert len({found.folder for found in stores}) == len(stores)
    assert all(found.folder.is_relative_to(folder) for found in stores)


def test_more_experts_share_the_folder_and_the_default_network_is_that_of_its_name() -> None:
    assert store(count=50).folder == store().folder
    ends = [ExpertStore(EXPERTS, blobs(), name, KEPT).folder for name in (None, "mlp")]
    assert ends[0] == ends[1]


def test_experts_with_a_lesson_begin_where_it_ends() -> None:
    batch = blobs().train.all().select(torch.arange(6))
    lesson = FirstLesson(batch, Training(epochs=4, rate=0.2, momentum=0.0, weight_decay=0.0, drop_at=()))
    taught = ExpertStore(EXPERTS, blobs(), NAME, KEPT, lesson)
    drawn = blobs().network(NAME, Rng(0).child("expert", 0))
    flat = drawn.flat()
    for _ in range(4):
        flat = flat.detach().requires_grad_()
        loss = F.cross_entropy(drawn(batch.inputs, drawn.unflatten(flat)).logits, batch.targets)
        flat = flat - 0.2 * torch.autograd.grad(loss, flat)[0]
    close(taught.checkpoint(0, 0), flat, 2**-8)
    assert not torch.allclose(taught.checkpoint(0, 1), store().checkpoint(0, 1))


def test_a_curriculum_and_flatness_change_what_is_learnt() -> None:
    plain = store().checkpoint(0, 1)
    for change in ({"curriculum": Curriculum(easiest=0.3)}, {"flatness": Flatness(0.5, 1.0)}):
        assert not torch.allclose(store(**change).checkpoint(0, 1), plain)


def test_of_a_graph_the_easy_ones_of_its_labelled_nodes_teach() -> None:
    easy = Curriculum(easiest=0.5, whole_from=1, left_out=(), hard="neighbours")
    experts, network = Experts(count=1, examples=None, rate=0.1, augment=False, curriculum=easy), "gcn:hidden=8"
    found = ExpertStore(experts, communities(), network, (1,))
    first, second = (found._data(epoch, Rng(0)) for epoch in (0, 1))
    every = communities().train.all()
    assert torch.equal(second.weight, every.weight)
    entropies, kept = neighbour_entropy(every, communities(), Rng(0)), first.weight > 0
    left = (every.weight > 0) & ~kept
    assert kept.sum() == left.sum() == 16
    assert entropies[kept].max() <= entropies[left].min()


def test_images_are_mixed_where_that_is_asked_for() -> None:
    plain, mixed = (
        ExpertStore(Experts(count=1, examples=None, augment=False, cutmix=chance), digits(), NAME, (1,))
        for chance in (0.0, 1.0)
    )
    assert not torch.allclose(mixed.checkpoint(0, 1), plain.checkpoint(0, 1))


@pytest.mark.parametrize("suffix", ["safetensors", "partial"])
@pytest.mark.parametrize("damage", ["empty", "truncated", "text", "no name", "another number", "other shape"])
def test_a_broken_or_foreign_file_is_named(damage: str, suffix: str) -> None:
    found = store()
    found.train(0)
    found.train(1)
    whole, path = found.folder / "0000.safetensors", found.folder / f"0000.{suffix}"
    content = whole.read_bytes()
    with safe_open(whole, "pt") as file:
        identity = file.metadata()
    whole.unlink()
    match damage:
        case "empty":
            path.write_bytes(b"")
        case "truncated":
            path.write_bytes(content[: len(content) // 2])
        case "text":
            path.write_text("nothing of the kind")
        case "no name":
            save_file({"deltas": torch.zeros(3)}, path)
        case "another number":
            shutil.copy(found.folder / "0001.safetensors", path)
        case _:
            save_file({"deltas": torch.zeros(3, 2)}, path, metadata=identity)
    with pytest.raises(DataError, match=rf"0000\.{suffix}.*delete it"):
        found.checkpoint(0, 1)


def test_writers_at_the_same_time_agree_and_leave_nothing_else() -> None:
    barrier, found, errors = threading.Barrier(4), [], []

    def work() -> None:
        mine = store()
        barrier.wait()
        try:
            found.append(mine.checkpoint(0, 3))
        except Exception as error:
            errors.append("".join(traceback.format_exception(error)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert all(torch.equal(end, found[0]) for end in found)
    assert [path.name for path in store().folder.iterdir()] == ["0000.safetensors"]
