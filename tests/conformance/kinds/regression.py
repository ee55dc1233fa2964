"""Patients as rows, with a number to predict."""

from __future__ import annotations

from sklearn.datasets import load_diabetes

from condenset.tasks.tabular import table_from_arrays
from condenset.tasks.task import Task

NETWORK = "mlp:width=8,depth=1"
LEARNERS = ("mlp:width=8", "kernel")


def make(held_out: float = 0.0) -> Task:
    """60 patients of the diabetes table."""
    data, target = load_diabetes(return_X_y=True)
    return table_from_arrays(data[:60], target[:60], kind="regression")
