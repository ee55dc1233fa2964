"""A random slice: consecutive examples."""

from __future__ import annotations

import pytest
import torch

from condenset.core.errors import BudgetError
from condenset.core.rng import Rng
from condenset.starts.slice import slice as slice_of
from tests.examples import blobs
from tests.tasks.series.example import series


def test_examples_follow_one_another_from_anywhere() -> None:
    task = series()
    all_inputs, firsts = task.train.all().inputs, set()
    for seed in range(60):
        batch = slice_of(task, torch.tensor([90]), Rng(seed))
        first = int((all_inputs == batch.inputs[0]).flatten(1).all(1).nonzero()[0])
        assert torch.equal(batch.inputs, all_inputs[first : first + 90])
        firsts.add(first)
    assert min(firsts) == 0 and max(firsts) == len(task.train) - 90  # 12 places in 60 draws


def test_every_group_has_its_own() -> None:
    task = blobs()
    batch = slice_of(task, torch.tensor([2, 3, 1]), Rng(0))
    assert batch.groups.tolist() == [0, 0, 1, 1, 1, 2]


def test_more_than_there_are_is_refused() -> None:
    with pytest.raises(BudgetError, match="slice of 102 consecutive examples was asked for and there are 101"):
        slice_of(series(), torch.tensor([102]), Rng(0))
