"""Nearest neighbours against scikit-learn's own, and against a loop where examples have weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.core.execution import HERE
from condenset.core.rng import Rng
from condenset.learners.knn import LEARNER, NearestNeighbours
from condenset.learners.training import Training
from tests.examples import blobs, line, normal

TRAINING = Training(epochs=1)


def test_hard_labels_are_scikit_learns_own_fit() -> None:
    for task, own in ((blobs(), KNeighborsClassifier), (line(), KNeighborsRegressor)):
        train, test = task.train.all(), task.held_out()
        plain = own(n_neighbors=3, weights="distance").fit(train.inputs.double().numpy(), train.targets.numpy())
        rows = test.inputs.double().numpy()
        expected = plain.predict_proba(rows) if own is KNeighborsClassifier else plain.predict(rows)
        found = NearestNeighbours(3).fit(train, task, Rng(0))(test.inputs)
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-4, atol=1e-5)


def test_weights_and_soft_labels_count_and_what_has_no_weight_is_not_there() -> None:
    inputs, asked = normal(4, 5), normal(3, 5) + 1
    soft = torch.tensor([[0.7, 0.3, 0.0], [0.1, 0.2, 0.7], [-0.5, 0.9, 0.2], [0.6, 0.2, 0.2]])
    weight = torch.tensor([1.0, 2.0, 0.0, 0.5])
    found = NearestNeighbours(2).fit(Batch(inputs, soft, soft.argmax(1), weight), blobs(), Rng(0))(asked)
    for row, scores in zip(asked, found, strict=True):
        away = {i: float((inputs[i] - row).double().norm()) for i in (0, 1, 3)}
        nearest = sorted(away, key=away.__getitem__)[:2]
        shares = torch.tensor([float(weight[i]) / away[i] for i in nearest])
        torch.testing.assert_close(
            scores, (shares[:, None] * soft[nearest]).sum(0) / shares.sum(), rtol=1e-4, atol=1e-4
        )


def test_a_small_set_is_all_neighbours_and_what_lies_on_an_example_has_its_label() -> None:
    train = blobs().train.all().select(torch.arange(3))
    found = NearestNeighbours().fit(train, blobs(), Rng(0))(train.inputs)
    assert torch.equal(found.argmax(1), train.targets) and found.max(1).values.min() > 0.999


@pytest.mark.parametrize("given", ["k=0", "k=1.5", "neighbours=3"])
def test_a_field_that_it_does_not_take_is_named(given: str) -> None:
    assert LEARNER("k=3", TRAINING, HERE).k == 3
    with pytest.raises(RequestError, match="takes k"):
        LEARNER(given, TRAINING, HERE)
