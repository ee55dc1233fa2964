"""Popularity ranks items by how many users took them."""

from __future__ import annotations

import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.execution import HERE
from condenset.core.rng import Rng
from condenset.learners.popularity import LEARNER
from condenset.learners.training import Training
from tests.tasks.interactions import example


def test_every_user_is_told_the_counts() -> None:
    task = example.task()
    train = task.train.all()
    told = LEARNER(None, Training(epochs=1), HERE).fit(train, task, Rng(0))(train.inputs[:3])
    assert told.shape == (3, example.ITEMS)
    assert torch.equal(told[0], told[2])
    assert torch.equal(told[0].long(), train.targets.long().sum(0))


def test_it_takes_no_fields() -> None:
    with pytest.raises(RequestError, match="no fields"):
        LEARNER("strength=3", Training(epochs=1), HERE)
