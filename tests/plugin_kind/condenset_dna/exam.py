"""How sets of DNA are graded."""

from __future__ import annotations

from condenset.evaluation.exam import Exam
from condenset.learners.training import Training

EXAM = Exam(
    name="dna",
    version=1,
    summary="DNA: a 1D CNN, position weight matrices and naive Bayes on words of three bases, Adam 0.001, last epoch",
    training=Training(epochs=20, batch=64, optimiser="adam", rate=0.001, weight_decay=0.0, schedule="cosine"),
    labels="probabilities",
    steps=60,
)
