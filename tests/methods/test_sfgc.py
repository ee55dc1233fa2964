"""sfgc: above random nodes by a graph network judged on the whole graph, and the objective falls."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.methods.graphs import above_random

SHORT = {
    "steps": 24, "objective.inner.steps": 6, "source.experts.count": 1, "source.epochs": 15, "source.starts.end": 2,
    "source.experts.rate": 0.1, "rates.initial": 0.2, "network": "gcn:hidden=32", "optimisers.data.rate": 0.05,
}  # fmt: skip


def test_a_short_run_beats_random_nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    above, terms = above_random("sfgc", SHORT)
    assert sum(terms[-10:]) < 0.8 * sum(terms[:10])
    assert above > 0.1
