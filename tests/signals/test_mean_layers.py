"""Class-mean activations against a loop over classes."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.signals.mean_layers import MeanLayers
from tests.conftest import close
from tests.examples import batch_of, normal, task_of
from tests.networks import drawn

LABELS = torch.tensor([1, 0, 1, 1])


def test_squared_lengths_of_means_are_weighted_layer_by_layer() -> None:
    images = normal(4, 1, 12, 12)
    task = task_of(images, LABELS, 2)
    network = drawn("convnet:width=5,depth=3", (1, 12, 12), 2, Rng(0))
    means = MeanLayers(early=0.1, last=3.0, embedding=2.0).sums(network, batch_of(images, LABELS), task).mean()
    output = network(images)
    expected = [*output.layers, output.embedding]
    for found, values, weight in zip(means, expected, (0.1, 0.1, 3.0, 2.0), strict=True):
        close(found[1].square().sum(), weight * values[[0, 2, 3]].mean(0).square().sum(), 1e-5)
        close(found[0], weight**0.5 * values[1], 1e-5)


def test_what_weighs_nothing_is_not_there() -> None:
    images = normal(4, 1, 12, 12)
    task = task_of(images, LABELS, 2)
    network = drawn("convnet:width=5,depth=2", (1, 12, 12), 2, Rng(0))
    (last,) = MeanLayers(0.0, 1.0, 0.0).sums(network, batch_of(images, LABELS), task).totals
    assert last.shape == (2, 5, 8, 8)


def test_a_network_without_layers_has_its_embedding() -> None:
    task = task_of(normal(4, 3), LABELS, 2, "tabular")
    network = drawn("mlp:width=4,depth=0", (3,), 2, Rng(0))
    (only,) = MeanLayers().sums(network, task.train.batch, task).totals
    assert only.shape == (2, 3)
