"""LeNet-5: two 5x5 convolutions with max pooling, two hidden linear layers."""

from __future__ import annotations

import math

from torch import nn

from condenset.nets.feedforward import ConvStage, FeedForward, convolution_blocks
from condenset.nets.layers import first_padding, require_side
from condenset.nets.network import Architecture, of_shape


def lenet(input_shape: tuple[int, ...], outputs: int) -> nn.Module:
    """LeNet (LeCun et al. 1998) with ReLU, in the form that dataset condensation evaluates (arXiv 2006.05929).

    Args: input_shape, (channels, height, width), where one channel is padded by 2; outputs, classes or 1.
    Raises: `RequestError` below 12x12 pixels for one channel, 16x16 for more.
    """
    padding = first_padding(input_shape[0], grey=2, colour=0)
    require_side("lenet", input_shape, 16 - 2 * padding)
    stages = [
        ConvStage(6, kernel=5, padding=padding, pooling="max"),
        ConvStage(16, kernel=5, padding=0, pooling="max"),
    ]
    blocks, shape = convolution_blocks(input_shape, stages, norm="none")
    return FeedForward(blocks, [stage.pooling for stage in stages], [math.prod(shape), 120, 84], outputs)


ARCHITECTURE = Architecture(build=of_shape(lenet), reads=("grid",))
