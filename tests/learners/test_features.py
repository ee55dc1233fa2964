"""Ridge regression on random features as a learner: NumPy's closed form, its limit, its draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F

from condenset.core.rng import Rng
from condenset.kernels.conv_nngp import ConvNNGP
from condenset.kernels.ridge import ridge_predict
from condenset.learners.features import FeatureRidgeRegression
from tests.conftest import close
from tests.examples import batch_of, normal, task_of

LABELS = torch.tensor([0, 1, 2, 0])


def test_predictions_are_the_closed_form_of_the_networks_features() -> None:
    inputs, query = normal(4, 2, 8, 8), normal(5, 2, 8, 8, seed=1)
    task = task_of(inputs, LABELS, 3)
    name = "nngp-convnet:width=5,copies=2,depth=2"
    model = FeatureRidgeRegression(name, 0.1, 3.0, 0.5).fit(batch_of(inputs, LABELS), task, Rng(7))
    network = task.network(name, Rng(7).child("initial"))
    a, b = (network(images).embedding.double().numpy() for images in (query, inputs))
    k_ts, k_ss = (3 * side @ b.T / b.shape[1] + 0.5 for side in (a, b))
    rows = np.eye(3)[LABELS.numpy()] - 1 / 3
    expected = k_ts @ np.linalg.inv(k_ss + 0.1 * np.trace(k_ss) / 4 * np.eye(4)) @ rows
    close(model(query), torch.from_numpy(expected).float(), 1e-4)


def test_many_features_predict_what_the_kernel_of_infinite_width_does() -> None:
    inputs, query = normal(4, 1, 8, 8), normal(20, 1, 8, 8, seed=1)
    task = task_of(inputs, LABELS, 3)
    kernel = ConvNNGP(plan="cpcp")
    labels = F.one_hot(LABELS, 3).double() - 1 / 3
    exact = ridge_predict(
        kernel(query.double(), inputs.double()), kernel(inputs.double(), inputs.double()), labels, 5e-3
    )
    errors = []
    for copies in (1, 64):
        learner = FeatureRidgeRegression(f"nngp-convnet:width=64,copies={copies},depth=2")
        errors.append(float((learner.fit(batch_of(inputs, LABELS), task, Rng(0))(query) - exact).abs().mean()))
    assert errors[1] < 0.02
    assert errors[1] < errors[0] / 4  # 8 is the square root of the copies


def test_fits_of_other_seeds_draw_other_networks() -> None:
    inputs = normal(4, 1, 8, 8)
    task = task_of(inputs, LABELS, 3)
    learner = FeatureRidgeRegression("nngp-convnet:width=4,copies=1,depth=2", 0.5)
    one, again, other = (learner.fit(batch_of(inputs, LABELS), task, Rng(seed))(inputs) for seed in (0, 0, 1))
    assert torch.equal(one, again)
    assert not torch.allclose(one, other, rtol=1e-3)


def test_labels_that_are_being_learnt_are_taken_as_they_are() -> None:
    inputs = normal(4, 1, 8, 8)
    task = task_of(inputs, LABELS, 3)
    hard = batch_of(inputs, LABELS)
    learnt = replace(hard, targets=F.one_hot(LABELS, 3).float().requires_grad_())
    learner = FeatureRidgeRegression("nngp-convnet:width=4,copies=1,depth=2")
    predicted = learner.fit(learnt, task, Rng(0))(inputs)
    assert not predicted.requires_grad
    close(predicted, learner.fit(hard, task, Rng(0))(inputs), 1e-6)
