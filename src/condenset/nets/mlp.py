"""Multi-layer perceptron on table rows, flattened images or nodes: hidden layers with ReLU, then the classifier."""

from __future__ import annotations

import math

from torch import nn

from condenset.core.batch import Inputs
from condenset.core.errors import RequestError
from condenset.core.structure import numbers
from condenset.nets.feedforward import FeedForward
from condenset.nets.network import Architecture, Output, of_shape


class Perceptron(FeedForward):
    """Hidden linear layers on the numbers of an example alone: what a node's neighbours are does not matter."""

    def forward(self, inputs: Inputs) -> Output:
        """Class scores (n, outputs) and the activations of the hidden layers, the last of them the embedding."""
        output: Output = super().forward(numbers(inputs))
        return output


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
    return Perceptron([], [], [math.prod(input_shape)] + [width] * depth, outputs)


ARCHITECTURE = Architecture(build=of_shape(mlp), reads=("features", "grid", "sequence", "nodes"))
