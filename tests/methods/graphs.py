"""A set of a node per class beside random nodes, by a graph network that judges it on the whole graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from condenset.evaluation.exam import Exam
from condenset.learners.training import Training
from tests.methods.learning import gain
from tests.tasks.graph.example import communities

_TRAINING = Training(epochs=40, optimiser="adam", rate=0.01, drop_at=(0.5,), selection="validation")
_EXAM = Exam("short", 1, "40 epochs", _TRAINING, networks=("gcn:dropout=0.5",))

SHORT_TRAJECTORIES: dict[str, Any] = {
    "steps": 24, "objective.inner.steps": 6, "source.experts.count": 1, "source.epochs": 15, "source.starts.end": 2,
    "source.experts.rate": 0.1, "rates.initial": 0.2, "network": "gcn:hidden=32", "optimisers.data.rate": 0.05,
}  # fmt: skip


def above_random(method: str, changes: Mapping[str, Any]) -> tuple[float, list[float]]:
    """Accuracy above that of random nodes of communities, and the objective at every step."""
    return gain(method, communities(), changes, 1, _EXAM, repeats=2)
