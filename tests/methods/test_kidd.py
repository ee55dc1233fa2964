"""KiDD on rings and stars: its risk falls, and its kernel learns more from the set than from random graphs."""

from __future__ import annotations

from condenset.evaluation.exam import Exam
from condenset.learners.training import Training
from tests.methods.learning import gain
from tests.tasks.graphs import example

EXAM = Exam("kernel", 1, "KiDD's kernel", Training(epochs=1), networks=("kernel:lite-gntk",))


def test_a_short_run_beats_random_graphs_by_its_own_kernel() -> None:
    changes = {"steps": 40, "optimisers.data.rate": 0.2, "optimisers.adjacency.rate": 0.2}
    above, terms = gain("kidd", example.task(120), changes, 1, EXAM)
    assert sum(terms[-5:]) < sum(terms[:5])
    assert above > 0.0
