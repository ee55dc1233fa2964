"""Covariances of feature maps against a loop over examples."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.signals.local_covariance import LocalCovariance
from tests.conftest import close
from tests.examples import batch_of, double, normal, task_of
from tests.networks import drawn

LABELS = torch.tensor([1, 0, 1, 1, 0])


def test_maps_are_centred_by_their_class_and_multiplied_channel_by_channel() -> None:
    images = normal(5, 1, 8, 8, dtype=torch.float64)
    task = task_of(images, LABELS, 2)
    network = double(drawn("convnet:width=3,depth=2", (1, 8, 8), 2, Rng(0)))
    signal = LocalCovariance(weight=4.0)
    embedding, spread = signal.compared(signal.sums(network, batch_of(images, LABELS), task))
    output = network(images)
    for group in range(2):
        own = output.layers[-1][group == LABELS].flatten(2)
        centred = own - own.mean(0)
        expected = sum(x @ x.T for x in centred) / len(own)
        close(spread[group], 2 * expected, 1e-10)
        close(embedding[group], output.embedding[group == LABELS].mean(0), 1e-12)


def test_hidden_units_without_positions_vary_together() -> None:
    rows = normal(5, 4, dtype=torch.float64)
    task = task_of(rows, LABELS, 2, "tabular")
    network = double(drawn("mlp:width=3,depth=1", (4,), 2, Rng(0)))
    signal = LocalCovariance(weight=1.0)
    _, spread = signal.compared(signal.sums(network, batch_of(rows, LABELS), task))
    own = network(rows).embedding[LABELS == 1]
    close(spread[1], torch.cov(own.T, correction=0), 1e-10)
