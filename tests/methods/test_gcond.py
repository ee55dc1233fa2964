"""GCond, a node or two per class: above random nodes by a graph network judged on the whole graph."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from condenset.evaluation.exam import Exam
from condenset.learners.training import Training
from condenset.tasks.catalogue import open_task
from condenset.tasks.task import Task
from tests.methods.learning import gain
from tests.tasks.graph.example import communities


def learns(task: Task, per_class: int, steps: int, epochs: int, rates: Mapping[str, float]) -> float:
    """Accuracy above that of random nodes; the objective falls."""
    training = Training(epochs=epochs, optimiser="adam", rate=0.01, drop_at=(0.5,), selection="validation")
    exam = Exam("short", 1, f"{epochs} epochs", training, networks=("gcn:dropout=0.5",))
    changes = {"steps": steps, "source.inner": 5, "optimisers.adjacency.rate": 3e-3, **rates}
    above, terms = gain("gcond", task, changes, per_class, exam, repeats=5)
    assert sum(terms[-10:]) < 0.6 * sum(terms[:10])
    return above


def test_a_short_run_beats_random_nodes_of_communities() -> None:
    """Measured: 0.25 above, and 0.21 on other ones."""
    assert learns(communities(), 1, 60, 60, {"optimisers.data.rate": 0.05}) > 0.12


@pytest.mark.slow
@pytest.mark.real_data("planetoid/cora/raw")
def test_a_short_run_beats_random_nodes_of_cora() -> None:
    """Measured: 0.27 above. At the recipe's own rates the features, of deviation 0.007, hardly move so soon."""
    assert learns(open_task("cora"), 2, 150, 100, {"optimisers.data.rate": 5e-4}) > 0.1
