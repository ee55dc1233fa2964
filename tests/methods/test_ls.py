"""LS on the handwritten digits, one per class: the same random examples, better labelled, by its own kernel."""

from __future__ import annotations

from condenset.evaluation.exam import Exam
from condenset.learners.training import Training
from tests.examples import digits
from tests.methods.learning import gain


def test_solved_labels_beat_random_examples() -> None:
    """Measured: 0.81 against 0.62."""
    exam = Exam("kernel", 1, "KIP's kernel", Training(epochs=1), networks=("kernel",))
    above, terms = gain("ls", digits(), {}, 1, exam, repeats=1)
    assert above > 0.1
    assert terms == [], "labels are solved for, not stepped"
