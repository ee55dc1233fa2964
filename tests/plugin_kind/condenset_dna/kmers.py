"""Naive Bayes on how often three bases follow each other, wherever that is."""

from __future__ import annotations

from typing import Any

import numpy as np

from condenset.core.batch import Inputs
from condenset.core.structure import numbers
from condenset.learners.estimators import Estimator
from condenset.learners.learner import without_fields
from condenset.tasks.task import Task


def _counts(inputs: Inputs, task: Task) -> np.ndarray:
    bases = numbers(inputs).argmax(1).cpu().numpy()
    words = 16 * bases[:, :-2] + 4 * bases[:, 1:-1] + bases[:, 2:]
    return np.stack([np.bincount(row, minlength=64) for row in words])


def _bayes(kind: str, seed: int) -> Any:
    from sklearn.naive_bayes import MultinomialNB

    return MultinomialNB()


LEARNER = without_fields("kmers", Estimator("kmers", _bayes, read=_counts))
