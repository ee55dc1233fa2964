"""Medoids of the handwritten digits, five per class: real ones, and above random ones under a linear model."""

from __future__ import annotations

import condenset
from condenset.core.budget import Size
from condenset.evaluation.exam import Exam
from condenset.learners.training import Training
from tests.examples import digits
from tests.methods.learning import gain


def test_they_are_real_and_beat_random_examples() -> None:
    exam = Exam("linear", 1, "logistic regression", Training(epochs=1), networks=("logistic",))
    above, terms = gain("medoids", digits(), {}, 5, exam)
    assert above > 0.04
    assert terms == [], "a coreset takes no steps"
    real = {tuple(image.flatten().tolist()) for image in digits().train.all().inputs}
    found = condenset.distill(digits(), "medoids", size=Size(per_class=5)).decode().inputs
    assert {tuple(image.flatten().tolist()) for image in found} <= real
