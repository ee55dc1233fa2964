"""Logistic regression on the words of texts, weighed by TF-IDF: nothing is learnt before, as an encoder is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch, Inputs
from condenset.core.errors import RequestError
from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.core.texts import VOCABULARY, Texts
from condenset.learners.estimators import classifier_for, weighted_targets
from condenset.learners.learner import Model
from condenset.learners.training import Training
from condenset.tasks.task import Task

_STRENGTH = 5.0  # inverse of the L2 penalty: rows are sparse and of unit length


@dataclass(frozen=True)
class TfidfRegression:
    """Of soft labels (n, classes) each becomes one weighted row per class, as for other estimators."""

    most: ClassVar[int | None] = None

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """Fit on the words (n, longest) of texts.

        Raises `RequestError` for other data, and for vectors that have no words.
        """
        owners, targets, weights = weighted_targets(train, task)
        words = _words(train.inputs)[owners]
        if not words.any():
            raise RequestError("learner 'tfidf' reads words and these texts have none: take one that reads vectors")
        estimator = _estimator(targets)
        last = estimator.steps[-1][0]
        estimator.fit(words, targets, **{f"{last}__sample_weight": weights})

        def predict(inputs: Inputs) -> Float[Tensor, "n outputs"]:
            return task.target.predictions(estimator, _words(inputs)).to(task.device)

        return predict


def _words(inputs: Inputs) -> np.ndarray:
    texts: Texts = Texts.expected(inputs, "learner 'tfidf'")
    return texts.words.detach().cpu().numpy()


def _counts(words: np.ndarray) -> Any:
    """How often each word is in each text, sparse (n, words)."""
    from scipy.sparse import csr_array

    rows, places = words.nonzero()
    ones = np.ones(len(rows))
    return csr_array((ones, (rows, words[rows, places])), shape=(len(words), VOCABULARY))


def _estimator(targets: np.ndarray) -> Any:
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    last = classifier_for(targets, partial(LogisticRegression, C=_STRENGTH, max_iter=2000))
    return make_pipeline(FunctionTransformer(_counts), TfidfTransformer(sublinear_tf=True), last)


def of_exam(given: str | None, training: Training, execution: Execution) -> TfidfRegression:
    """Without fields. Raises `RequestError` for one."""
    if given:
        raise RequestError(f"learner 'tfidf' takes no fields, got {given!r}")
    return TfidfRegression()


LEARNER = of_exam
