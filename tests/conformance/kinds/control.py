"""A pole held up by hand."""

from __future__ import annotations

from condenset.tasks.task import Task
from tests.tasks.control import example

NETWORK = "mlp:width=8,depth=1"


def make(held_out: float = 0.0) -> Task:
    """96 steps of an episode."""
    return example.task()
