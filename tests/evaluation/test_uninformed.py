"""What guesses without reading: the majority class, the mean, what is popular."""

from __future__ import annotations

import pytest
import torch

from condenset.evaluation.uninformed import uninformed_model, uninformed_row
from tests.examples import blobs, line


def test_of_classes_it_is_the_largest() -> None:
    task = blobs()
    row = uninformed_row(task)
    test = task.held_out()
    share = (test.targets == task.train.counts().argmax()).double().mean().item()
    assert (row.name, row.network, row.bytes) == ("majority class", "any", 0)
    assert row.scores == pytest.approx((share,))
    assert row.further["auroc"] == (0.5,)


def test_of_numbers_it_is_the_mean() -> None:
    task = line()
    row = uninformed_row(task)
    assert row.name == "mean"
    assert -0.2 < row.scores[0] <= 0.0
    train = task.train.all().targets
    assert torch.allclose(uninformed_model(task)(task.held_out().inputs)[0], train.mean(0), atol=1e-5)
