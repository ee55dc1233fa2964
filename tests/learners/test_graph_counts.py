"""Logistic regression on counts, against scikit-learn on a table that is made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from condenset.core.errors import RequestError
from condenset.core.execution import HERE
from condenset.core.rng import Rng
from condenset.learners.graph_counts import LEARNER
from condenset.learners.training import Training
from tests.core.test_graphs import dense
from tests.examples import blobs
from tests.tasks.graphs import example

TASK = example.task()
COUNTS = LEARNER(None, Training(epochs=1), HERE)


def table(graphs) -> np.ndarray:
    return np.array([[*f.sum(0).tolist(), len(f), int((m > 0).sum()) // 2] for f, m in dense(graphs)])


def test_it_is_scikit_learns_on_a_table_of_counts() -> None:
    train, test = TASK.train.all(), TASK.held_out()
    plain = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)).fit(table(train.inputs), train.targets)
    found = COUNTS.fit(train, TASK, Rng(0))(test.inputs)
    np.testing.assert_allclose(found.numpy(), plain.predict_proba(table(test.inputs)), atol=1e-4)


def test_soft_labels_count_and_one_class_is_learnt() -> None:
    train = TASK.train.all()
    lone = train.select((train.targets == 1).nonzero().flatten())
    assert COUNTS.fit(lone, TASK, Rng(0))(train.inputs)[:, 1].min() == 1.0
    even = replace(train, targets=0 * TASK.target.matrix(train.targets) + 0.5)
    assert COUNTS.fit(even, TASK, Rng(0))(train.inputs).numpy() == pytest.approx(0.5, abs=1e-3)


def test_other_data_and_fields_are_refused() -> None:
    with pytest.raises(RequestError, match="reads graphs"):
        COUNTS.fit(blobs().train.all(), blobs(), Rng(0))
    with pytest.raises(RequestError, match="takes no fields"):
        LEARNER("a=1", Training(epochs=1), HERE)
