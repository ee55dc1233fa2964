"""geom: above random nodes by a graph network judged on the whole graph, and the objective falls."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.methods.graphs import SHORT_TRAJECTORIES, above_random


def test_a_short_run_beats_random_nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    curriculum = {"source.experts.curriculum.whole_from": 8, "source.starts.begin_end": 1, "source.starts.growth": 10}
    alike = {f"start.{path}": value for path, value in (SHORT_TRAJECTORIES | curriculum).items() if path.startswith("source.")}
    above, terms = above_random("geom", {**SHORT_TRAJECTORIES, **curriculum, **alike, "start.network": SHORT_TRAJECTORIES["network"]})
    assert sum(terms[-10:]) < 0.8 * sum(terms[:10])
    assert above > 0.1
