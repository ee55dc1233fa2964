"""Ridge regression on features: NumPy's closed form, FRePo's and RFAD's released numbers, its calibrated loss."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.nets.network import Network, Output
from condenset.objectives.feature_ridge import FeatureRidge, calibrated_loss, with_mirrored
from condenset.objectives.risk import Risk
from condenset.sources.source import Draw
from condenset.tasks.targets.regression import Regression
from tests.conftest import close, golden
from tests.examples import batch_of, double, normal, set_of, task_of
from tests.networks import drawn

LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
TASK = task_of(normal(6, 4, seed=1).double(), LABELS, 3, "tabular")
FEATURES = Network(nn.Identity(), {}, {}, forward=lambda values, inputs: Output(inputs, inputs))


@pytest.mark.parametrize("mirrored", [False, True])
def test_it_is_the_closed_form_of_numpy(mirrored: bool) -> None:
    network = double(drawn("frepo-convnet:width=2,depth=2", (1, 8, 8), 3, Rng(0)))
    images, labels = normal(4, 1, 8, 8).double(), normal(4, 3, seed=1).double()
    task = task_of(normal(5, 1, 8, 8, seed=2).double(), LABELS[:5], 3)
    real = replace(task.train.all(), weight=torch.tensor([1.0, 0.0, 2.0, 1.0, 0.5]))
    solver = FeatureRidge(0.02, scale=2.0, bias=0.3, mirrored=mirrored)
    draw = Draw(network)
    found = solver.loss(set_of(images, labels), solver.features(real, draw), draw, task, Rng(0))
    support = np.concatenate([images, images.flip(3)]) if mirrored else images.numpy()
    rows = np.tile(labels.numpy(), (2 if mirrored else 1, 1)) - 1 / 3
    phi, query = (network(torch.as_tensor(x)).embedding.detach().numpy() for x in (support, real.inputs))
    scale = 2.0 / phi.shape[1]
    k_ss = scale * phi @ phi.T + 0.3
    regular = k_ss + 0.02 * np.trace(k_ss) / len(k_ss) * np.eye(len(k_ss))
    predicted = (scale * query @ phi.T + 0.3) @ np.linalg.solve(regular, rows)
    error = ((predicted - (np.eye(3)[LABELS[:5].numpy()] - 1 / 3)) ** 2).sum(1)
    close(found, torch.tensor(0.5 * np.average(error, weights=real.weight.numpy())), 1e-6)


def test_no_gradient_reaches_the_network() -> None:
    network = double(drawn("mlp:width=5,depth=1", (4,), 3, Rng(0)))
    condensed = set_of(normal(3, 4).double(), torch.arange(3))
    solver, draw = FeatureRidge(), Draw(network)
    solver.loss(condensed, solver.features(TASK.train.all(), draw), draw, TASK, Rng(0)).backward()
    assert condensed.codec.data.grad.abs().max() > 0
    assert all(p.grad is None for p in network.parameters.values())


def test_golden_frepo() -> None:
    """FRePo's targets are one-hot less 1/classes; ours are centred by the objective, so 1/classes is added first.

    The tolerance is that of one-hot rows centred in float32.
    """
    arrays = golden("images/frepo_krr")
    labels = arrays["y_target"].argmax(1)
    close(F.one_hot(labels, 6) - 1 / 6, arrays["y_target"], 1e-7)
    task = task_of(arrays["feat_target"], labels, 6, "tabular")
    condensed = set_of(arrays["feat_proto"], arrays["y_proto"])
    condensed.codec.data.data = arrays["feat_proto"]
    condensed.labels.values.data = arrays["y_proto"] + 1 / 6
    terms = Risk(FeatureRidge(), examples=99, margin=True).begin(task).terms(condensed, Draw(FEATURES), Rng(0))
    close(terms["risk"], arrays["step.kernel_loss"], 1e-7)
    close(terms["margin"], arrays["step.label_loss"], 1e-7)
    by_features, by_labels = torch.autograd.grad(sum(terms.values()), list(condensed.parameters()))
    close(by_features, arrays["step.grad_feat_proto"], 1e-6)
    close(by_labels, arrays["step.grad_y_proto"], 1e-6)


@pytest.mark.parametrize("jitter", [5e-3, 1e-6])
def test_golden_rfad(jitter: float) -> None:
    """RFAD's features come scaled by the root of their number; its loss averages over outputs, ours sums."""
    arrays, prefix = golden("images/rfad"), f"jit{jitter:g}"
    width = arrays["feat_syn"].shape[1]
    task = task_of(arrays["feat_real"] * width**0.5, arrays["label_real"], 3, "tabular")
    condensed = set_of(arrays["feat_syn"] * width**0.5, arrays["y_syn"] + 1 / 3)
    solver = FeatureRidge(jitter, scale=2.0, bias=0.01)
    risk = Risk(solver, examples=99).begin(task).terms(condensed, Draw(FEATURES), Rng(0))["risk"]
    close(risk / 3, arrays[f"{prefix}.mse.loss"], 1e-6)
    by_features, by_labels = torch.autograd.grad(risk / 3, list(condensed.parameters()))
    close(by_features * width**0.5, arrays[f"{prefix}.mse.grad_feat_syn"], 1e-5)
    close(by_labels, arrays[f"{prefix}.mse.grad_y_syn"], 1e-5)


def test_the_calibrated_loss_is_the_least_cross_entropy_of_any_factor() -> None:
    """RFAD learns the factor; where it is the best one, its released loss is ours or above."""
    arrays = golden("images/rfad")
    predicted, labels = arrays["jit0.005.platt.preds"].requires_grad_(), arrays["label_real"]
    task, real = task_of(arrays["feat_real"], labels, 3, "tabular"), batch_of(arrays["feat_real"], labels)
    found = calibrated_loss(predicted, real, task)
    assert found <= arrays["jit0.005.platt.loss"]
    others = [F.cross_entropy(scale * predicted, labels) for scale in torch.logspace(-5, 2, 700)]
    close(found, min(other.detach() for other in others), 1e-4)


def test_mirroring_joins_flipped_images_under_the_same_labels() -> None:
    batch = batch_of(normal(2, 1, 3, 4), torch.tensor([1, 0]))
    both = with_mirrored(batch)
    assert torch.equal(both.inputs, torch.cat([batch.inputs, batch.inputs.flip(3)]))
    assert both.targets.tolist() == [1, 0, 1, 0]


def test_of_what_are_no_classes_it_is_the_tasks_loss() -> None:
    task = replace(TASK, target=Regression("y", 0.0, 1.0))
    predicted = normal(6, 1)
    real = Batch(normal(6, 4), normal(6, 1, seed=1), torch.zeros(6, dtype=torch.int64), torch.ones(6))
    close(calibrated_loss(predicted, real, task), task.mean_loss(predicted, real), 1e-12)
