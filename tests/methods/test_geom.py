"""geom: above random nodes by a graph network judged on the whole graph, and the objective falls."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.methods.graphs import SHORT_TRAJECTORIES, above_random

SHORT = SHORT_TRAJECTORIES | {
    "source.experts.curriculum.whole_from": 8, "source.starts.begin_end": 1, "source.starts.growth": 10,
}  # fmt: skip


def test_a_short_run_beats_random_nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measured: 0.06 above; experts so briefly taught give labels that say little."""
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    of_start = {f"start.{path}": value for path, value in SHORT.items() if path.startswith("source.")}
    above, terms = above_random("geom", SHORT | of_start | {"start.network": SHORT["network"]})
    assert sum(terms[-10:]) < 0.8 * sum(terms[:10])
    assert above > 0.03
