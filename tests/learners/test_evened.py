"""Uneven data are learnt evenly where that is better on validation data, and as they are where it is not."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import torch

from condenset.core.batch import Batch
from condenset.core.execution import HERE
from condenset.core.metric import BALANCED_ACCURACY
from condenset.core.rng import Rng
from condenset.evaluation.exam import named_exam
from condenset.evaluation.rules import Rules
from condenset.learners.evened import Evened, evened
from condenset.learners.named import named_learner
from condenset.learners.training import PLAIN
from condenset.tasks.tabular import table_from_arrays
from condenset.tasks.task import Model, Task
from tests.examples import blobs, set_of


@cache
def uneven(apart: float = 1.0) -> Task:
    """Two classes, one in twenty of 2 000 rows, whose means are so far apart."""
    rng = np.random.default_rng(0)
    labels = (np.arange(2000) % 20 == 0).astype(int)
    inputs = rng.normal(size=(2000, 3)) + apart * labels[:, None]
    return table_from_arrays(inputs, labels, test_fraction=0.25)


def test_groups_weigh_alike_and_the_mean_weight_stays() -> None:
    batch = Batch(torch.zeros(4, 1), torch.tensor([0, 0, 0, 2]), torch.tensor([0, 0, 0, 2]), torch.ones(4))
    assert evened(batch).weight.tolist() == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2.0])


def test_all_the_data_are_learnt_as_well_as_balanced_accuracy_can_be() -> None:
    task, logistic = uneven(), named_learner("logistic", PLAIN)
    assert task.target.metrics[0] == BALANCED_ACCURACY
    learners = logistic, Evened(logistic)
    plain, even = (task.outcome(one.fit(task.train.all(), task, Rng(0)), Rng(0)).grades for one in learners)
    assert even["balanced accuracy"] > plain["balanced accuracy"] + 0.2
    assert even["auroc"] == pytest.approx(plain["auroc"], abs=0.03)


class OnlyPlain:
    """Learns of examples that weigh alike alone."""

    most = None

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """Logistic regression with even classes; of weighted examples the first class, whatever is asked."""
        if (train.weight == 1).all():
            return named_learner("logistic", PLAIN).fit(evened(train), task, rng)
        return lambda inputs: torch.tensor([[1.0, 0.0]]).expand(len(inputs), 2)


def test_data_stay_as_they_are_where_that_is_better() -> None:
    task = uneven()
    model = Evened(OnlyPlain()).fit(task.train.all(), task, Rng(0))
    assert task.outcome(model, Rng(0)).grades["balanced accuracy"] > 0.7


@pytest.mark.parametrize(("task", "expected"), [(uneven, True), (blobs, False)])
def test_only_all_the_data_of_an_uneven_task_are_evened(task: Callable[[], Task], expected: bool) -> None:
    data = task()
    real = data.train.sample(2, Rng(0))
    small = set_of(real.inputs, real.targets)
    rules = Rules(named_exam("tabular"), data, ("logistic",), HERE, 0)
    (full,) = rules.entries("full", [data.train.all()], small, 1)
    (rival,) = rules.entries("random", [real], small, 1)
    assert isinstance(full.learner, Evened) == expected and not isinstance(rival.learner, Evened)
