"""CondTSC on slow and fast waves, one series of each: ahead of random ones, and both of its terms fall."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from condenset.evaluation.exam import named_exam
from condenset.learners.training import Training
from tests.methods.learning import gain
from tests.tasks.labelled_series import example

SHORT = {
    "steps": 40, "network": "dual-cnn:width=4,depth=2,kernel=3", "objective.inner.steps": 5, "source.epochs": 20,
    "source.starts.end": 5, "source.experts.count": 2,
}  # fmt: skip


def test_a_short_run_beats_random_series(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    lesson = Training(epochs=60, optimiser="adam", rate=0.01, weight_decay=0.0)
    network = SHORT["network"]
    exam = replace(named_exam("labelled-series"), training=lesson, networks=(network,), steps=None)
    above, terms = gain("condtsc", example.noisy(), SHORT, 1, exam)
    assert above > 0.05
    assert sum(terms[-10:]) < 0.8 * sum(terms[:10])
