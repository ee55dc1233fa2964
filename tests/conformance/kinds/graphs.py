"""Rings and stars."""

from __future__ import annotations

from condenset.tasks.task import Task
from tests.tasks.graphs import example

NETWORK = "gin:width=8,layers=2"


def make(held_out: float = 0.0) -> Task:
    """48 graphs to train on, 6 to choose and 6 to test on."""
    return example.task()
