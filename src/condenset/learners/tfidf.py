"""Logistic regression on the words of texts, weighed by TF-IDF: nothing is learnt before, as an encoder is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from condenset.core.batch import Batch, Inputs
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.core.texts import VOCABULARY, Texts
from condenset.learners.estimators import Estimator
from condenset.learners.learner import Model, without_fields
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
        if not _words(train.inputs, task)[train.weight.detach().cpu().numpy() > 0].any():
            raise RequestError("learner 'tfidf' reads words and these texts have none: take one that reads vectors")
        return Estimator("tfidf", _weighed, read=_words).fit(train, task, rng)


def _words(inputs: Inputs, task: Task) -> np.ndarray:
    texts: Texts = Texts.expected(inputs, "learner 'tfidf'")
    return texts.words.detach().cpu().numpy()


def _counts(words: np.ndarray) -> Any:
    """How often each word is in each text, sparse (n, words)."""
    from scipy.sparse import csr_array

    rows, places = words.nonzero()
    ones = np.ones(len(rows))
    return csr_array((ones, (rows, words[rows, places])), shape=(len(words), VOCABULARY))


def _weighed(kind: str, seed: int) -> Any:
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    last = LogisticRegression(C=_STRENGTH, max_iter=2000)
    return make_pipeline(FunctionTransformer(_counts), TfidfTransformer(sublinear_tf=True), last)


LEARNER = without_fields("tfidf", TfidfRegression())
