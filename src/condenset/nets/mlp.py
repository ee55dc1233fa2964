"""Multi-layer perceptron on table rows or flattened images: hidden linear layers with ReLU, then the classifier."""

from __future__ import annotations

import math

from torch import nn

from condenset.core.errors import RequestError
from condenset.nets.feedforward import FeedForward
from condenset.nets.network import Architecture, of_shape


def mlp(input_shape: tuple[int, ...], outputs: int, width: int = 128, depth: int = 2) -> nn.Module:
    """The perceptron of dataset condensation: two hidden layers of 128, three linear layers in all (arXiv 2006.05929).

    Args:
        input_shape: of one example, flattened: (features,) or (channels, height, width).
        outputs: classes, or 1 for regression.
        width: of every hidden layer.
        depth: number of hidden layers; 0 is a linear model.
    Raises: `RequestError` for a depth below 0.
    """
    if depth < 0:
        raise RequestError(f"depth={depth} hidden layers cannot be built: choose 0 (a linear model) or more")
    return FeedForward([], [], [math.prod(input_shape)] + [width] * depth, outputs)


ARCHITECTURE = Architecture(build=of_shape(mlp), reads=("features", "grid", "sequence"))
