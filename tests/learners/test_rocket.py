"""ROCKET: against scikit-learn's ridge classifier used plainly, soft labels, weights, and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.linear_model import RidgeClassifierCV
from sklearn.preprocessing import StandardScaler

from condenset.core.errors import RequestError
from condenset.core.execution import HERE
from condenset.core.rng import Rng
from condenset.kernels.random_convolutions import convolution_features, random_filters
from condenset.learners.rocket import LEARNER, Rocket
from condenset.learners.training import Training
from tests.examples import blobs
from tests.tasks.labelled_series import example

TASK = example.task()
SMALL = Rocket(filters=100)


def test_it_is_a_ridge_classifier_on_the_features() -> None:
    train, test = TASK.train.all(), TASK.held_out()
    filters = random_filters(2, 24, 100, Rng(0).child("filters"))
    rows = [convolution_features(filters, part.inputs, torch.ones(len(part), 1, 24)).numpy() for part in (train, test)]
    scaler = StandardScaler().fit(rows[0])
    theirs = RidgeClassifierCV(alphas=np.logspace(-3, 3, 10)).fit(scaler.transform(rows[0]), train.targets.numpy())
    scores = SMALL.fit(train, TASK, Rng(0))(test.inputs)
    assert scores.argmax(1).tolist() == theirs.predict(scaler.transform(rows[1])).tolist()
    assert TASK.grade(SMALL.fit(train, TASK, Rng(0)), Rng(0))["accuracy"] > 0.9


def test_soft_labels_and_weights_count_and_one_class_is_learnt() -> None:
    train = TASK.train.all()
    soft = replace(train, targets=TASK.target.matrix(train.targets))
    hard, same = (SMALL.fit(batch, TASK, Rng(0))(train.inputs) for batch in (train, soft))
    torch.testing.assert_close(hard, same, rtol=1e-4, atol=1e-5)
    none_of_one = replace(train, weight=(train.targets == 1).float())
    assert SMALL.fit(none_of_one, TASK, Rng(0))(train.inputs).argmax(1).float().mean() == 1
    two = train.select(torch.tensor([0, 1]))
    assert torch.isfinite(SMALL.fit(two, TASK, Rng(0))(train.inputs)).all()


def test_ragged_series_are_read() -> None:
    task = example.ragged()
    model = SMALL.fit(task.train.all(), task, Rng(0))
    assert task.grade(model, Rng(0))["accuracy"] > 0.9


def test_other_data_and_unknown_fields_are_refused() -> None:
    with pytest.raises(RequestError, match="reads series"):
        SMALL.fit(blobs().train.all(), blobs(), Rng(0))
    assert LEARNER("filters=50", Training(epochs=1), HERE) == Rocket(filters=50)
    with pytest.raises(RequestError, match="expected 1 or more"):
        Rocket(filters=0)
    with pytest.raises(RequestError, match="cannot be built"):
        LEARNER("depth=1", Training(epochs=1), HERE)
