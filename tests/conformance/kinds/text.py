"""Short reviews of two moods."""

from __future__ import annotations

from condenset.tasks.task import Task
from tests.tasks.text import example

NETWORK = "text-mlp:width=8,depth=1"


def make(held_out: float = 0.0) -> Task:
    """96 reviews to train on and 24 to test on."""
    return example.task()
