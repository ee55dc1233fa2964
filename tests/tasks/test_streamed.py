"""Training data on disk: the same offers as in memory, with the randomness that the docstring claims."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats

from condenset.core.batch import Batch
from condenset.core.errors import DataError
from condenset.core.registries import METHODS
from condenset.core.rng import Rng
from condenset.tasks import streamed
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.streamed import StreamedView
from tests.conformance import examples
from tests.elsewhere import DEVICE, Attached
from tests.examples import batch_of
from tests.tasks.stored import on_disk, stored

LABELS = torch.tensor([1, 0, 1, 2, 1] * 30 + [1] * 7)
DATA = batch_of(torch.arange(float(len(LABELS)))[:, None], LABELS)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))


@pytest.fixture
def view() -> StreamedView:
    return stored(DATA, 3)


def numbers(batch: Batch) -> list[int]:
    """Which examples these are."""
    return batch.inputs.flatten().int().tolist()


def test_what_does_not_depend_on_an_order_is_as_in_memory(view: StreamedView) -> None:
    memory = InMemoryView(DATA, 3)
    assert len(view) == len(memory) == 157
    assert view.counts().tolist() == memory.counts().tolist()
    assert torch.equal(view.all().inputs, memory.all().inputs)
    assert torch.equal(view.all().targets, memory.all().targets)
    for group in range(3):
        assert sorted(numbers(view.select(view.members(group)))) == memory.members(group).tolist()
    assert torch.equal(view.batch.select(torch.tensor([5, 90])).inputs, view.select(torch.tensor([5, 90])).inputs)


@pytest.mark.parametrize("kept", ["on disk", "in memory"])
def test_batches_come_to_the_device_and_indices_stay(view: StreamedView, kept: str) -> None:
    here = view if kept == "on disk" else InMemoryView(DATA, 3)
    with Attached():
        there = here.to(DEVICE)
        assert (here.device.type, there.device) == ("cpu", DEVICE)
        pairs = [
            (here.sample(5, Rng(1)), there.sample(5, Rng(1))),
            (here.draw(9, Rng(2)), there.draw(9, Rng(2))),
            (here.all(), there.all()),
            *zip(here.epoch(50, Rng(3)), there.epoch(50, Rng(3)), strict=True),
        ]
        for expected, found in pairs:
            assert found.inputs.device == found.targets.device == DEVICE
            assert torch.equal(found.to("cpu").inputs, expected.inputs)
        assert there.members(1).device.type == "cpu"
        assert torch.equal(there.members(1), here.members(1))


@pytest.mark.parametrize("per_group", [1, 16, 20, 29, 30, 500])
def test_a_sample_has_up_to_so_many_distinct_examples_of_each_group_in_order(
    view: StreamedView, per_group: int
) -> None:
    found = view.sample(per_group, Rng(3))
    expected = [min(per_group, count) for count in view.counts().tolist()]
    assert torch.bincount(found.groups).tolist() == expected
    assert (found.groups.diff() >= 0).all()
    assert len(set(numbers(found))) == len(found)
    assert all(LABELS[n] == g for n, g in zip(numbers(found), found.groups, strict=True))


def test_every_example_is_equally_likely(view: StreamedView) -> None:
    times = np.zeros(len(LABELS))
    for seed in range(600):
        times[numbers(view.sample(20, Rng(seed)))] += 1
    for group, count in enumerate(view.counts().tolist()):
        own = times[LABELS.eq(group).numpy()]
        assert own.sum() == 600 * min(20, count)
        # draws come in runs, so counts vary up to 16 times as much as independent ones
        assert stats.chi2.sf(((own - own.mean()) ** 2 / own.mean()).sum() / 16, count - 1) > 0.001
        assert own.min() > 0.6 * own.mean()


def test_a_draw_takes_groups_in_their_proportions_and_repeats_with_its_stream(view: StreamedView) -> None:
    found = [numbers(view.draw(40, Rng(seed))) for seed in (1, 1, 2)]
    assert len(set(found[0])) == 40
    assert found[0] == found[1] != found[2]
    assert sorted(numbers(view.draw(999, Rng(0)))) == list(range(157))
    shares = sum(torch.bincount(view.draw(40, Rng(seed)).groups, minlength=3) for seed in range(200))
    assert shares.numpy() / 8000 == pytest.approx(view.counts().numpy() / 157, abs=0.02)


def test_an_epoch_passes_every_example_once_in_mixed_batches(view: StreamedView) -> None:
    parts = list(view.epoch(50, Rng(0)))
    assert [len(part) for part in parts] == [50, 50, 50, 7]
    assert sorted(chain(*map(numbers, parts))) == list(range(157))
    assert all(len(set(part.groups.tolist())) == 3 for part in parts[:3])
    assert numbers(next(view.epoch(50, Rng(0)))) == numbers(parts[0]) != numbers(next(view.epoch(50, Rng(1))))


def test_parts_are_of_the_size_that_is_asked_for(view: StreamedView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed, "_PART", 40)  # ten rows of four bytes
    assert [len(part) for part in view.parts(2)] == [10, 10, 10]
    assert [len(part) for part in view.parts(2, least=25)] == [25, 5]
    assert torch.equal(torch.cat(list(view.parts(1))), view.members(1))


def test_all_is_refused_where_it_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed, "half_of_memory", lambda: 600)
    view = stored(DATA, 3)
    assert not view.fits
    for ask in (view.all, lambda: view.batch):
        with pytest.raises(DataError, match=r"all 157 examples at once take .* use a method or a setting that draws"):
            ask()
    assert len(view.sample(4, Rng(0))) == 12


def test_an_empty_group_is_refused() -> None:
    with pytest.raises(DataError, match=r"groups \[3\] of 4 have no training example"):
        stored(DATA, 4)


def in_parts(method: str, name: str) -> bool:
    """Whether the data can be read in parts: graphs and texts cannot, nor can what must follow one another."""
    return name not in ("graph", "graphs", "text") and "sequence" not in METHODS.declared(method)["needs"]


@pytest.mark.parametrize(("method", "name"), examples.firsts(pair for pair in examples.pairs() if in_parts(*pair)))
def test_every_method_runs_without_all_of_the_data(method: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    task = on_disk(examples.task(name))

    def refuse(view: StreamedView) -> None:
        raise AssertionError("asked for all of the data")

    monkeypatch.setattr(StreamedView, "all", refuse)
    monkeypatch.setattr(StreamedView, "batch", property(refuse))
    first, again = (examples.run(method, task, seed=4) for _ in range(2))
    assert examples.equal(first, again)
