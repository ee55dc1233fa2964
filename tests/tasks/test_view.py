"""The training data as methods see them: stratified samples, mixed draws, epochs; graphs keep their nodes."""

from __future__ import annotations

from itertools import chain

import pytest
import torch

from condenset.core.batch import Batch
from condenset.core.errors import DataError
from condenset.core.rng import Rng
from condenset.tasks.in_memory import InMemoryView
from tests.examples import batch_of
from tests.tasks.graph import example

LABELS = torch.tensor([1, 0, 1, 2, 1, 0, 2, 1])
VIEW = InMemoryView(batch_of(torch.arange(8.0)[:, None], LABELS), 3)


def numbers(batch: Batch) -> list[int]:
    """Which examples these are."""
    return batch.inputs.flatten().int().tolist()


def test_members_and_counts() -> None:
    assert len(VIEW) == 8
    assert VIEW.counts().tolist() == [2, 4, 2]
    assert [VIEW.members(g).tolist() for g in range(3)] == [[1, 5], [0, 2, 4, 7], [3, 6]]
    assert numbers(VIEW.all()) == list(range(8))


def test_a_sample_has_up_to_so_many_distinct_examples_of_each_group_in_order() -> None:
    found = VIEW.sample(3, Rng(0))
    assert found.groups.tolist() == [0, 0, 1, 1, 1, 2, 2]
    assert len(set(numbers(found))) == 7
    assert all(LABELS[n] == g for n, g in zip(numbers(found), found.groups, strict=True))
    firsts = {numbers(VIEW.sample(1, Rng(seed)))[1] for seed in range(40)}
    assert firsts == {0, 2, 4, 7}


def test_a_draw_is_without_replacement_and_repeats_with_its_stream() -> None:
    found = [numbers(VIEW.draw(5, Rng(seed))) for seed in (1, 1, 2)]
    assert len(set(found[0])) == 5
    assert found[0] == found[1] != found[2]
    assert sorted(numbers(VIEW.draw(99, Rng(0)))) == list(range(8))


def test_an_epoch_passes_every_example_once() -> None:
    parts = [numbers(part) for part in VIEW.epoch(3, Rng(0))]
    assert [len(part) for part in parts] == [3, 3, 2]
    assert sorted(chain(*parts)) == list(range(8))
    assert list(chain(*parts)) != list(range(8))


def test_what_has_no_weight_is_no_example() -> None:
    weight = torch.tensor([1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0])
    view = InMemoryView(batch_of(torch.arange(8.0)[:, None], LABELS, weight), 3)
    assert view.counts().tolist() == [1, 3, 2]
    for batch in (view.all(), view.sample(9, Rng(0)), view.draw(9, Rng(0)), *view.epoch(99, Rng(0))):
        assert sorted(numbers(batch)) == [0, 1, 3, 4, 6, 7]


def test_an_empty_group_is_refused() -> None:
    weight = (LABELS != 2).float()
    with pytest.raises(DataError, match=r"groups \[2, 3\] of 4 have no training example"):
        InMemoryView(batch_of(torch.arange(8.0)[:, None], LABELS, weight), 4)


def test_a_graph_keeps_its_nodes_and_weighs_the_chosen() -> None:
    view = example.task().train
    assert view.counts().tolist() == [2, 2]
    for batch, chosen in ((view.sample(1, Rng(0)), 2), (view.draw(3, Rng(0)), 3), (view.all(), 4)):
        assert len(batch) == 12
        assert batch.weight.sum() == chosen
        assert set(batch.examples().tolist()) <= {0, 1, 6, 7}


def test_the_scale_is_the_root_mean_square_of_all_inputs() -> None:
    assert VIEW.scale() == pytest.approx((sum(n**2 for n in range(8)) / 8) ** 0.5, rel=1e-5)
    graph = example.task().train
    assert graph.scale() == pytest.approx(graph.batch.inputs.features.square().mean().sqrt().item(), rel=1e-5)
