"""Test examples that were there to train on are counted, each once, and said."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
import torch

from condenset.core.batch import Batch, concatenate
from condenset.core.rng import Rng
from condenset.evaluation.duplicates import duplicates
from condenset.evaluation.exam import named_exam
from condenset.evaluation.score import evaluate_set
from condenset.tasks.task import Task
from tests.examples import blobs, set_of


def given(batch: Batch) -> Batch:
    return batch


def leaking(task: Task, count: int) -> Task:
    """The task with some of its training examples among the test data."""
    held_out = concatenate([task.held_out(), task.train.all().select(torch.arange(count))])
    return replace(task, held_out=partial(given, held_out))


@pytest.mark.parametrize("count", [0, 4])
def test_they_are_counted(count: int) -> None:
    assert duplicates(leaking(blobs(), count)) == count


def test_an_example_that_differs_in_its_last_bit_is_none() -> None:
    task = blobs()
    batch = task.train.all()
    assert isinstance(batch.inputs, torch.Tensor)
    near = replace(batch, inputs=torch.nextafter(batch.inputs, torch.tensor(torch.inf)))
    assert duplicates(replace(task, held_out=partial(given, near))) == 0


def test_an_evaluation_says_them() -> None:
    real = blobs().train.sample(2, Rng(0))
    assert isinstance(real.inputs, torch.Tensor)
    exam = replace(named_exam("quick"), networks=("logistic",))
    graded = evaluate_set(set_of(real.inputs, real.targets), leaking(blobs(), 3), exam, repeats=2)
    assert graded.record()["duplicates"] == 3
