"""Scikit-learn learners: soft labels as weighted rows, absent classes, numbers, graphs."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression, Ridge

from condenset.core.batch import Batch
from condenset.core.errors import UnknownNameError
from condenset.core.rng import Rng
from tests.examples import batch_of, blobs, line, made_estimator, normal
from tests.tasks.graph import example

NAMES = ["logistic", "forest", "boosting"]


def test_hard_labels_are_scikit_learns_own_fit() -> None:
    train, test = blobs().train.all(), blobs().held_out()
    model = made_estimator("logistic").fit(train, blobs(), Rng(0))
    expected = LogisticRegression(max_iter=2000).fit(train.inputs.double().numpy(), train.targets.numpy())
    np.testing.assert_allclose(model(test.inputs), expected.predict_proba(test.inputs.double().numpy()), atol=1e-5)


def test_soft_labels_are_one_weighted_row_per_class() -> None:
    """Also with weights on the examples and a negative entry, which counts as nothing."""
    inputs = normal(4, 5)
    soft = torch.tensor([[0.7, 0.3, 0.0], [0.1, 0.2, 0.7], [-0.5, 0.9, 0.2], [0.6, 0.2, 0.2]])
    weight = torch.tensor([1.0, 2.0, 1.0, 0.5])
    model = made_estimator("logistic").fit(Batch(inputs, soft, soft.argmax(1), weight), blobs(), Rng(0))
    rows, labels, weights = [], [], []
    for i in range(4):
        for k in range(3):
            if soft[i, k] > 0:
                rows.append(inputs[i].double().numpy())
                labels.append(k)
                weights.append(float(soft[i, k] * weight[i]))
    expected = LogisticRegression(max_iter=2000).fit(rows, labels, sample_weight=weights)
    np.testing.assert_allclose(model(inputs), expected.predict_proba(inputs.double().numpy()), atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_one_hot_rows_teach_what_hard_labels_teach(name: str) -> None:
    train, test = blobs().train.all(), blobs().held_out()
    soft = Batch(train.inputs, blobs().target.matrix(train.targets), train.groups, train.weight)
    hard, other = (made_estimator(name).fit(batch, blobs(), Rng(0))(test.inputs) for batch in (train, soft))
    torch.testing.assert_close(hard, other, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_a_class_that_the_set_lacks_scores_nothing_and_the_others_keep_their_columns(name: str) -> None:
    train = blobs(spread=0.3).train.all()
    kept = train.select((train.targets != 1).nonzero().flatten())
    model = made_estimator(name).fit(kept, blobs(spread=0.3), Rng(0))
    scores = model(kept.inputs)
    assert scores.shape == (len(kept), 3)
    assert scores[:, 1].abs().max() == 0
    assert (scores.argmax(1) == kept.targets).float().mean() > 0.95


@pytest.mark.parametrize("name", NAMES)
def test_a_set_of_one_class_predicts_that_class(name: str) -> None:
    inputs, labels = normal(4, 5), torch.full((4,), 2)
    scores = made_estimator(name).fit(batch_of(inputs, labels), blobs(), Rng(0))(normal(3, 5, seed=1))
    assert scores.argmax(1).tolist() == [2, 2, 2]


def test_numbers_are_ridge_regression() -> None:
    train, test = line().train.all(), line().held_out()
    expected = Ridge().fit(train.inputs.double().numpy(), train.targets[:, 0].numpy())
    found = made_estimator("logistic").fit(train, line(), Rng(0))(test.inputs)
    np.testing.assert_allclose(found[:, 0], expected.predict(test.inputs.double().numpy()), atol=1e-4)


@pytest.mark.parametrize("name", ["forest", "boosting"])
def test_the_same_stream_gives_the_same_model(name: str) -> None:
    task = line()
    fits = [made_estimator(name).fit(task.train.all(), task, Rng(seed)) for seed in (1, 1)]
    test = task.held_out().inputs
    assert torch.equal(fits[0](test), fits[1](test))


def test_boosting_learns_from_few_rows() -> None:
    """Its default of twenty rows in a leaf would predict a constant."""
    task = blobs(spread=0.3)
    train = task.train.sample(4, Rng(0))
    model = made_estimator("boosting").fit(train, task, Rng(0))
    assert task.target.grades(model(train.inputs), train.targets)["accuracy"] == 1.0


def test_nodes_are_rows_of_their_propagated_features_and_hidden_labels_do_not_count() -> None:
    task = example.task()
    train = task.train.all()
    spread = train.inputs.spread(train.inputs.spread(train.inputs.features))
    labelled = train.examples()
    expected = LogisticRegression(max_iter=2000).fit(spread[labelled].double().numpy(), train.targets[labelled].numpy())
    found = made_estimator("logistic").fit(train, task, Rng(0))(train.inputs)
    np.testing.assert_allclose(found, expected.predict_proba(spread.double().numpy()), atol=1e-4)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'boosting'"):
        made_estimator("bosting").fit(blobs().train.all(), blobs(), Rng(0))
