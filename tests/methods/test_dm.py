"""DM on the handwritten digits, one per class: well above random examples by a small perceptron."""

from __future__ import annotations

from condenset.evaluation.exam import Exam
from condenset.learners.training import Training
from tests.examples import digits
from tests.methods.learning import gain

NETWORK = "mlp:width=64,depth=1"


def test_a_short_run_beats_random_examples() -> None:
    """Measured: 0.27 above."""
    exam = Exam("short", 1, "60 epochs", Training(epochs=60, rate=0.02, drop_at=(0.7,)), networks=(NETWORK,))
    above, terms = gain("dm", digits(), {"network": NETWORK, "steps": 80, "source.size": 10}, 1, exam)
    assert above > 0.12
    assert sum(terms[-10:]) < 0.6 * sum(terms[:10])
