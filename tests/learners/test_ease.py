"""EASE: the closed form by NumPy and by numbers, the constraint on its diagonal, learnt labels, what it refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.execution import HERE
from condenset.core.rng import Rng
from condenset.learners.ease import LEARNER, Ease, ease_weights
from condenset.learners.training import Training
from tests.conftest import close, golden
from tests.examples import blobs, normal
from tests.tasks.interactions import example

TRAINING = Training(epochs=1)


def test_the_item_weights_of_a_tiny_shop() -> None:
    """X'X + I = [[3, 1], [1, 3]], whose inverse is [[3, -1], [-1, 3]] / 8: each entry off the diagonal is 1 / 3."""
    rows = torch.tensor([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]]).double()
    close(
        ease_weights(rows.T @ rows, rows.T @ rows, 1.0),
        torch.tensor([[0, 1 / 3], [1 / 3, 0]], dtype=torch.float64),
        1e-12,
    )


def test_golden_scores() -> None:
    arrays = golden("modalities/recsys_ease")
    gram = arrays["in_train"].T @ arrays["in_train"]
    found = ease_weights(gram, gram, float(arrays["in_lam"]))
    close(found, arrays["out_B"], 1e-9)
    close(arrays["in_context"] @ found, arrays["out_scores"], 1e-9)


def test_with_labels_of_its_own_each_item_is_the_ridge_regression_on_all_others() -> None:
    inputs, labels = normal(9, 4).double(), normal(9, 4, seed=1).double()
    found = ease_weights(inputs.T @ inputs, inputs.T @ labels, 0.7).numpy()
    for item in range(4):
        others = [number for number in range(4) if number != item]
        rows = inputs[:, others].numpy()
        expected = np.linalg.solve(rows.T @ rows + 0.7 * np.eye(3), rows.T @ labels[:, item].numpy())
        np.testing.assert_allclose(found[others, item], expected, rtol=1e-9)
        assert found[item, item] == 0


def test_a_weight_of_two_is_the_user_twice() -> None:
    task = example.task()
    batch = task.train.draw(6, Rng(0))
    twice = task.train.select(torch.cat([torch.arange(6), torch.arange(2)]))
    once = replace(task.train.select(torch.arange(6)), weight=torch.tensor([2.0, 2, 1, 1, 1, 1]))
    models = [Ease(10.0).fit(part, task, Rng(0)) for part in (once, twice)]
    close(models[0](batch.inputs), models[1](batch.inputs), 1e-12)


def test_it_finds_the_tastes() -> None:
    task = example.task()
    model = LEARNER(None, TRAINING, HERE).fit(task.train.all(), task, Rng(0))
    assert task.grade(model, Rng(0))["auc"] > 0.75  # a guess has 0.5


def test_its_fields_are_those_of_an_exam() -> None:
    assert LEARNER("strength=3", TRAINING, HERE) == Ease(3.0)
    with pytest.raises(RequestError, match="depth"):
        LEARNER("depth=3", TRAINING, HERE)
    with pytest.raises(RequestError, match="5 numbers and 3 outputs"):
        Ease().fit(blobs().train.all(), blobs(), Rng(0))
