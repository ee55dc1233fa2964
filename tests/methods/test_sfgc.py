"""sfgc: above random nodes by a graph network judged on the whole graph, and the objective falls."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.methods.graphs import SHORT_TRAJECTORIES, above_random


def test_a_short_run_beats_random_nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    above, terms = above_random("sfgc", SHORT_TRAJECTORIES)
    assert sum(terms[-10:]) < 0.8 * sum(terms[:10])
    assert above > 0.1
