"""A slow and a fast wave in noise, with labels."""

from __future__ import annotations

from condenset.tasks.task import Task
from tests.tasks.labelled_series import example

NETWORK = "cnn1d:width=4,depth=2,kernel=3"


def make(held_out: float = 0.0) -> Task:
    """48 series of 24 steps to train on and 12 to test on."""
    return example.noisy(60)
