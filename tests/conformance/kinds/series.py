"""Two waves as a series."""

from __future__ import annotations

from condenset.tasks.task import Task
from tests.tasks.series import example

NETWORK = "dlinear:average=3"


def make(held_out: float = 0.0) -> Task:
    """160 steps of two channels, 8 to the next 4."""
    return example.series()
