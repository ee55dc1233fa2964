"""Random ConvNets side by side: their law, their composition, and the kernel that their features tend to."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F

from condenset.core.rng import Rng
from condenset.kernels.conv_nngp import ConvNNGP
from tests.conftest import close
from tests.examples import normal
from tests.networks import drawn


def test_weights_and_biases_follow_the_law_of_infinite_width() -> None:
    parameters = drawn("nngp-convnet:width=64,copies=2,depth=2", (3, 8, 8), 10, Rng(0)).parameters
    for index, fan_in in ((0, 3 * 9), (1, 64 * 9)):
        weight, bias = (parameters[f"blocks.{index}.conv.{part}"] for part in ("weight", "bias"))
        assert weight.shape == (128, fan_in // 9, 3, 3)
        assert abs(weight.std() / math.sqrt(2 / fan_in) - 1) < 0.05
        assert abs(bias.std() / 0.1 - 1) < 0.2
        assert abs(weight.mean()) < 3 * weight.std() / math.sqrt(weight.numel())


def test_copies_do_not_meet() -> None:
    network = drawn("nngp-convnet:width=3,copies=2,depth=2", (1, 8, 8), 4, Rng(1))
    images, p = normal(2, 1, 8, 8), network.parameters
    parts = []
    for copy in (slice(0, 3), slice(3, 6)):
        x = images
        for index in (0, 1):
            weight, bias = (p[f"blocks.{index}.conv.{part}"][copy] for part in ("weight", "bias"))
            x = F.avg_pool2d(F.conv2d(x, weight, bias, padding=1).relu(), 2)
        parts.append(x)
    close(network(images).embedding, torch.cat(parts, 1).flatten(1), 1e-6)


def test_features_approximate_the_kernel_with_pooling() -> None:
    """RFAD: K = 2 * mean product of features + 0.01. The error falls with the number of features."""
    images = normal(4, 3, 8, 8)
    exact = ConvNNGP(plan="cpcp")(images.double(), images.double())
    errors = []
    for copies in (1, 16):
        network = drawn(f"nngp-convnet:width=128,copies={copies},depth=2", (3, 8, 8), 2, Rng(2))
        features = network(images).embedding.double()
        errors.append((2 * features @ features.T / features.shape[1] + 0.01 - exact).abs().max() / exact.abs().max())
    assert errors[1] < 0.06
    assert errors[1] < errors[0]
