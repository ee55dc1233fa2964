"""Targets: losses, metrics, groups and matrix forms against NumPy and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import log_softmax
from sklearn.metrics import accuracy_score, r2_score

from condenset.core.groups import ByBin, ByClass
from condenset.tasks.targets.classification import Classification
from condenset.tasks.targets.regression import Regression
from tests.examples import line, normal

CLASSES = Classification(("a", "b", "c"))
NUMBER = Regression("y", 3.0, 2.0)
BINS = ByBin((-0.5, 0.5))


def test_cross_entropy_of_hard_and_soft_labels() -> None:
    logits, hard, soft = normal(4, 3), torch.tensor([2, 0, 1, 1]), normal(4, 3, seed=1).softmax(1)
    log = log_softmax(logits.double().numpy(), axis=1)
    np.testing.assert_allclose(CLASSES.loss(logits, hard), -log[range(4), hard.numpy()], rtol=1e-5)
    np.testing.assert_allclose(CLASSES.loss(logits, soft), -(soft.numpy() * log).sum(1), rtol=1e-5)


def test_classes_as_rows_and_groups() -> None:
    hard, soft = torch.tensor([2, 0]), torch.tensor([[0.1, 0.2, 0.7], [0.5, 0.4, 0.1]])
    assert CLASSES.outputs == len(ByClass(CLASSES.classes)) == 3
    assert CLASSES.matrix(hard).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert CLASSES.matrix(soft) is soft
    torch.testing.assert_close(CLASSES.centred(hard).sum(1), torch.zeros(2))
    assert (
        CLASSES.hard(hard).tolist()
        == CLASSES.hard(soft).tolist()
        == ByClass(CLASSES.classes).of(soft).tolist()
        == [2, 0]
    )


def test_accuracy_and_r2_are_scikit_learns() -> None:
    scores, labels = normal(50, 3), torch.arange(50) % 3
    assert CLASSES.grades(scores, labels)["accuracy"] == pytest.approx(accuracy_score(labels, scores.argmax(1)))
    values = normal(50, 1, seed=1)
    guess = values + 0.3 * normal(50, 1, seed=2)
    assert NUMBER.grades(guess, values)["r2"] == pytest.approx(r2_score(values, guess), abs=1e-5)
    assert NUMBER.grades(values.mean().expand(50, 1), values)["r2"] == pytest.approx(0, abs=1e-6)
    assert NUMBER.grades(values, values)["r2"] == 1


def test_squared_error_of_numbers() -> None:
    guess, values = normal(4, 1), normal(4, 1, seed=1)
    np.testing.assert_allclose(NUMBER.loss(guess, values), (guess - values)[:, 0].numpy() ** 2, rtol=1e-6)
    assert NUMBER.matrix(values) is values
    assert NUMBER.centred(values) is values


def test_numbers_are_grouped_by_their_bin() -> None:
    values = torch.tensor([[-2.0], [-0.5], [0.0], [0.5], [0.6]])
    assert len(BINS) == len(BINS.names) == 3
    assert NUMBER.outputs == 1
    assert BINS.of(values).tolist() == np.digitize(values[:, 0], [-0.5, 0.5], right=True).tolist()


def test_a_tables_bins_hold_equal_shares() -> None:
    counts = line().train.counts()
    assert counts.min() >= 0.5 * counts.max()
