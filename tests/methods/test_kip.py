"""KIP on the handwritten digits, one per class: well above random examples by its own kernel."""

from __future__ import annotations

from condenset.evaluation.exam import Exam
from condenset.learners.training import Training
from tests.examples import digits
from tests.methods.learning import gain


def test_forty_steps_beat_random_examples_by_far() -> None:
    """Measured: 0.93 against 0.63."""
    exam = Exam("kernel", 1, "KIP's kernel", Training(epochs=1), networks=("kernel",))
    above, terms = gain("kip", digits(), {"steps": 40}, 1, exam, repeats=1)
    assert above > 0.2
    assert sum(terms[-5:]) < 0.7 * sum(terms[:5])
