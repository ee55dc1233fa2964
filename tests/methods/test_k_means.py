"""The k-means baseline on the handwritten digits, one per class: above random examples under a linear model."""

from __future__ import annotations

from condenset.evaluation.exam import Exam
from condenset.learners.training import Training
from tests.examples import digits
from tests.methods.learning import gain


def test_it_beats_random_examples() -> None:
    exam = Exam("linear", 1, "logistic regression", Training(epochs=1), networks=("logistic",))
    above, terms = gain("k-means", digits(), {}, 1, exam)
    assert above > 0.1
    assert terms == [], "a coreset takes no steps"
