"""SLDD on the wines, one per class: above random examples under its own exam, further than DD."""

from __future__ import annotations

from dataclasses import replace

import pytest

from condenset.evaluation.exam import named_exam
from condenset.tasks.catalogue import open_task
from tests.methods.learning import gain

NETWORK = "mlp:width=32,depth=1"
EXAM = replace(named_exam("dd2018"), networks=(NETWORK,), repeats=3)


@pytest.mark.slow
def test_a_short_run_beats_random_examples() -> None:
    """Measured: 0.278 above, with the risk from 1.09 down to 0.09."""
    above, terms = gain("sldd", open_task("wine"), {"network": NETWORK, "steps": 300}, 1, EXAM)
    assert above > 0.08
    assert sum(terms[-10:]) < 0.3 * sum(terms[:10])
