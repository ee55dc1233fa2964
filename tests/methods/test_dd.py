"""DD on the wines, one per class: above random examples, and a fresh network after ten steps is better for it."""

from __future__ import annotations

import pytest

from condenset.evaluation.exam import Exam
from condenset.learners.sgd import Training
from condenset.tasks.catalogue import open_task
from tests.methods.learning import gain


@pytest.mark.slow
def test_a_short_run_beats_random_examples() -> None:
    """Measured: 0.99 against 0.89."""
    exam = Exam(
        "short", 1, "60 epochs", Training(epochs=60, rate=0.02, drop_at=(0.7,)), networks=("mlp:width=32,depth=1",)
    )
    above, terms = gain("dd", open_task("wine"), {"steps": 100}, 1, exam, repeats=5)
    assert above > 0.03
    assert sum(terms[-10:]) < 0.4 * sum(terms[:10])
