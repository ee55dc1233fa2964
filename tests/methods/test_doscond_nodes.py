"""doscond-nodes: above random nodes by a graph network judged on the whole graph, and the objective falls."""

from __future__ import annotations

from tests.methods.graphs import above_random


def test_a_short_run_beats_random_nodes() -> None:
    above, terms = above_random("doscond-nodes", {"steps": 60, "optimisers.data.rate": 0.05})
    assert sum(terms[-10:]) < 0.7 * sum(terms[:10])
    assert above > 0.12
