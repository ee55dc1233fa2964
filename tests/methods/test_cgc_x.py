"""cgc-x: above random nodes by a graph network judged on the whole graph."""

from __future__ import annotations

from tests.methods.graphs import above_random


def test_a_set_beats_random_nodes() -> None:
    above, _ = above_random("cgc-x", {})
    assert above > 0.12
