"""gcond-x: above random nodes by a graph network judged on the whole graph, and the objective falls."""

from __future__ import annotations

from tests.methods.graphs import above_random


def test_a_short_run_beats_random_nodes() -> None:
    """Measured: 0.22 above."""
    above, terms = above_random("gcond-x", {"steps": 60, "source.inner": 5, "optimisers.data.rate": 0.05})
    assert sum(terms[-10:]) < 0.6 * sum(terms[:10])
    assert above > 0.12
