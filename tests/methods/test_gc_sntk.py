"""gc-sntk: above random nodes by its own kernel and by a graph network judged on the whole graph."""

from __future__ import annotations

from condenset.evaluation.exam import Exam
from condenset.learners.training import Training
from tests.methods.graphs import above_random
from tests.methods.learning import gain
from tests.tasks.graph.example import communities


def test_a_short_run_beats_random_nodes_by_its_kernel() -> None:
    exam = Exam("kernel", 1, "the graph's kernel", Training(epochs=1), networks=("kernel",))
    above, terms = gain("gc-sntk", communities(), {"steps": 40, "optimisers.data.rate": 0.05}, 1, exam, repeats=1)
    assert sum(terms[-10:]) < 0.8 * sum(terms[:10])
    assert above > 0.1


def test_a_short_run_beats_random_nodes_by_a_network() -> None:
    above, _ = above_random("gc-sntk", {"steps": 40, "optimisers.data.rate": 0.05})
    assert above > 0.05
