"""Moments of what layers read: means and variances against NumPy, of a class alone and of parts that were merged."""

from __future__ import annotations

import numpy as np
import torch

from condenset.core.rng import Rng
from condenset.nets.layer_inputs import layer_inputs, with_norm_statistics
from condenset.signals.layer_statistics import LayerStatistics
from condenset.signals.signal import Signal, Sums
from tests.conftest import close
from tests.examples import batch_of, double, normal, task_of
from tests.networks import drawn

LABELS = torch.tensor([0, 1, 0, 2, 1, 0])
IMAGES = normal(6, 3, 8, 8).double()
TASK = task_of(IMAGES, LABELS, 3)
NETWORK = double(drawn("convnet:width=4,depth=2,norm=batch", (3, 8, 8), 3, Rng(0))).evaluating()
BATCH = batch_of(IMAGES, LABELS)


def test_of_every_class_the_means_and_variances_of_channels_and_patches() -> None:
    signal = LayerStatistics(patches=2)
    assert isinstance(signal, Signal)
    found = signal.compared(signal.sums(NETWORK, BATCH, TASK))
    _, layers = layer_inputs(NETWORK, IMAGES, convolutions=True)
    assert len(found) == 4 * len(layers)
    for number, maps in enumerate(layers):
        own = maps[LABELS == 1].detach().numpy()
        close(found[4 * number][1], torch.from_numpy(own.mean((0, 2, 3))), 1e-10)
        close(found[4 * number + 1][1], torch.from_numpy(own.var((0, 2, 3))), 1e-10)
        half = own.shape[2] // 2
        corner = own[:, :, :half, half:]
        close(found[4 * number + 2][1, 1], torch.tensor(np.mean(corner)), 1e-10)
        close(found[4 * number + 3][1, 1], torch.tensor(np.var(corner)), 1e-10)


def test_all_groups_together_are_what_batch_normalisations_see() -> None:
    """So the sums of classes, and of shards, tell the statistics of SRe2L."""
    signal = LayerStatistics(convolutions=False, patches=0)
    first, second = (signal.sums(NETWORK, BATCH.select(part), TASK) for part in torch.arange(6).split(4))
    merged = first.merge(second)
    whole = Sums(tuple(total.sum(0, keepdim=True) for total in merged.totals), merged.counts.sum(0, keepdim=True))
    _, layers = with_norm_statistics(NETWORK, IMAGES)
    for number, layer in enumerate(layers):
        close(signal.compared(whole)[2 * number][0], layer.mean, 1e-10)
        close(signal.compared(whole)[2 * number + 1][0], layer.variance, 1e-10)
