"""EL2N on the digits: the easiest of one per class and the hardest of a quarter of the data are above random ones."""

from __future__ import annotations

import pytest

from condenset.evaluation.exam import Exam
from condenset.learners.training import Training
from tests.examples import digits
from tests.methods.learning import gain

NETWORK = "mlp:width=32,depth=1"
EXAM = Exam("short", 1, "60 epochs", Training(epochs=60, rate=0.02, drop_at=(0.7,)), networks=(NETWORK,))
CHANGES = {"start.network": NETWORK}


def test_the_easiest_of_one_per_class_beat_random_examples() -> None:
    """Measured: 0.197 above."""
    above, terms = gain("el2n", digits(), CHANGES, 1, EXAM)
    assert above > 0.1
    assert terms == [], "a coreset takes no steps"


@pytest.mark.slow
def test_the_hardest_of_a_quarter_of_the_data_beat_the_easiest() -> None:
    """Measured: 0.018 above random examples against 0.062 below."""
    hardest, _ = gain("el2n", digits(), CHANGES, 40, EXAM)
    easiest, _ = gain("el2n", digits(), CHANGES | {"start.hardest_from": 0.5}, 40, EXAM)
    assert hardest > 0
    assert hardest > easiest + 0.04
