"""Users of a small shop as rows, with items to recommend."""

from __future__ import annotations

from condenset.tasks.task import Task
from tests.tasks.interactions import example

NETWORK = "mlp:width=8,depth=1"


def make(held_out: float = 0.0) -> Task:
    """60 users of two tastes and 14 items, a tenth of each user's items held out."""
    return example.task()
