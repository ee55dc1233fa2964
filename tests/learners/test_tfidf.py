"""TF-IDF and logistic regression on words, against scikit-learn used plainly on the texts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from condenset.core.errors import RequestError
from condenset.core.execution import HERE
from condenset.core.rng import Rng
from condenset.core.texts import Texts
from condenset.learners.tfidf import LEARNER, TfidfRegression
from condenset.learners.training import Training
from tests.examples import blobs
from tests.tasks.text import example

TASK = example.task()


def test_it_is_scikit_learns_on_the_texts() -> None:
    train, test = TASK.train.all(), TASK.held_out()
    plain = make_pipeline(TfidfVectorizer(sublinear_tf=True), LogisticRegression(C=5.0, max_iter=2000))
    plain.fit(train.inputs.strings(), train.targets.numpy())
    found = TfidfRegression().fit(train, TASK, Rng(0))(test.inputs)
    np.testing.assert_allclose(found.numpy(), plain.predict_proba(test.inputs.strings()), atol=1e-3)


def test_soft_labels_and_weights_count_and_one_class_is_learnt() -> None:
    train = TASK.train.all()
    soft = replace(train, targets=TASK.target.matrix(train.targets))
    hard, same = (TfidfRegression().fit(batch, TASK, Rng(0))(train.inputs) for batch in (train, soft))
    torch.testing.assert_close(hard, same, rtol=1e-3, atol=1e-3)
    lone = train.select((train.targets == 1).nonzero().flatten())
    assert TfidfRegression().fit(lone, TASK, Rng(0))(train.inputs)[:, 1].min() == 1.0
    none_of_one = replace(train, weight=(train.targets == 1).float())
    assert TfidfRegression().fit(none_of_one, TASK, Rng(0))(train.inputs)[:, 1].min() == 1.0


def test_what_has_no_words_and_fields_are_refused() -> None:
    train = TASK.train.all()
    alone = replace(train, inputs=Texts.of_vectors(train.inputs.vector, train.inputs.shape))
    with pytest.raises(RequestError, match="have none"):
        TfidfRegression().fit(alone, TASK, Rng(0))
    with pytest.raises(RequestError, match="reads text"):
        TfidfRegression().fit(blobs().train.all(), blobs(), Rng(0))
    with pytest.raises(RequestError, match="takes no fields"):
        LEARNER("a=1", Training(epochs=1), HERE)
