"""Flowers as rows, in classes."""

from __future__ import annotations

from sklearn.datasets import load_iris

from condenset.tasks.tabular import table_from_arrays
from condenset.tasks.task import Task

NETWORK = "mlp:width=8,depth=1"
LEARNERS = ("mlp:width=8", "logistic", "forest", "kernel")


def make(held_out: float = 0.0) -> Task:
    """Iris; a table in memory has no test rows."""
    data, target = load_iris(return_X_y=True)
    return table_from_arrays(data, target, kind="classification")
