"""CAFE's released losses and image gradient, through the objective that its recipe uses."""

from __future__ import annotations

import torch

from condenset.kernels.distance import squared_error
from condenset.objectives.centre_classification import CentreClassification
from condenset.objectives.signal_matching import SignalMatching
from condenset.signals.mean_layers import MeanLayers
from tests.conftest import close, golden
from tests.examples import released_convnet, set_of, task_of
from tests.golden.matching import agrees

LABELS = torch.arange(10)


def test_loss_and_image_gradient() -> None:
    """The released loss has besides the network's own loss on real images, a constant to the set."""
    arrays = golden("images/cafe")
    network = released_convnet(arrays, "sd.", tuple(arrays["x_syn"].shape[1:]))
    task = task_of(arrays["x_real"].double(), LABELS.repeat_interleave(2), 10)
    condensed = set_of(arrays["x_syn"], LABELS).double()
    objective = SignalMatching(MeanLayers(), squared_error, per_group=2, also=(CentreClassification(per_group=2),))
    agrees(objective, task, condensed, network, arrays["loss"] - arrays["loss_real"], arrays["grad_x_syn"])


def test_distances_layer_by_layer() -> None:
    """Released from the back: flattened embedding, the same before flattening, third, second, first layer."""
    arrays = golden("images/cafe")
    network = released_convnet(arrays, "sd.", tuple(arrays["x_syn"].shape[1:]))
    task = task_of(arrays["x_real"].double(), LABELS.repeat_interleave(2), 10)
    signal = MeanLayers(early=1.0, last=1.0, embedding=1.0)
    synthetic = set_of(arrays["x_syn"], LABELS).double().decode()
    real, guess = (signal.sums(network, batch, task).mean() for batch in (task.train.all(), synthetic))
    for released, a, b in zip((4, 3, 2, 0), real, guess, strict=True):
        close(squared_error([a], [b]).sum(), arrays[f"layer_distance.{released}"], 1e-8)
    close(arrays["layer_distance.1"], arrays["layer_distance.0"], 1e-12)
