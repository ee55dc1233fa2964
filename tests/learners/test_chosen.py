"""A strength is chosen by the first metric on validation data alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.core.execution import HERE
from condenset.core.rng import Rng
from condenset.learners.chosen import best_of
from condenset.learners.infinite_ae import LEARNER, InfiniteAE
from condenset.learners.learner import Model
from condenset.learners.training import PLAIN
from tests.tasks.interactions import example


def refuse() -> Batch:
    raise AssertionError("test data were opened")


TASK = replace(example.task(), held_out=refuse)


def knowing(share: float) -> Model:
    """A model that knows the answers for a share of the users, and guesses the opposite for the others."""
    assert TASK.validation is not None
    wanted = TASK.validation.targets["wanted"].float()
    sign = torch.where(torch.arange(len(wanted)) < share * len(wanted), 1.0, -1.0)
    return lambda inputs: wanted * sign[:, None]


def test_the_best_is_taken_and_the_first_of_equal_ones() -> None:
    assert best_of((0.1, 0.9, 0.5), 0.1, knowing, TASK, Rng(0))[0] == 0.9
    assert best_of((0.1, 0.9, 0.5), 0.1, lambda strength: knowing(1), TASK, Rng(0))[0] == 0.1


def test_without_validation_data_or_a_choice_nothing_is_graded() -> None:
    assert best_of((1.0, 2.0), 7.0, knowing, replace(TASK, validation=None), Rng(0))[0] == 7.0
    assert best_of((3.0,), 7.0, lambda strength: lambda inputs: refuse(), TASK, Rng(0))[0] == 3.0


def test_fields_of_an_exam() -> None:
    assert LEARNER("strength=5,kernel=nngp", PLAIN, HERE) == InfiniteAE(5.0, "nngp")
    assert LEARNER(None, PLAIN, HERE) == InfiniteAE()


@pytest.mark.parametrize("given", ["5", "depth=3", "strength=much", "strength=0", "strength=-1"])
def test_fields_that_do_not_fit_are_refused(given: str) -> None:
    with pytest.raises(RequestError, match=r"infinite-ae:"):
        LEARNER(given, PLAIN, HERE)
