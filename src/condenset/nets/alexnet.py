"""AlexNet for small images: five convolutions, three max poolings, one linear layer."""

from __future__ import annotations

import math

from torch import nn

from condenset.nets.feedforward import ConvStage, FeedForward, convolution_blocks
from condenset.nets.layers import first_padding, require_side
from condenset.nets.network import Architecture, of_shape


def alexnet(input_shape: tuple[int, ...], outputs: int, norm: str = "none") -> nn.Module:
    """AlexNet (Krizhevsky et al. 2012) in the narrow form that dataset condensation evaluates (arXiv 2006.05929).

    Args:
        input_shape: (channels, height, width); one channel is padded by 4 in the first convolution, else by 2.
        outputs: classes, or 1 for regression.
        norm: "none", "batch", "instance", "layer" or "group".
    Raises: `RequestError` below 8x8 pixels, and for an unknown normalisation.
    """
    require_side("alexnet", input_shape, 8)
    stages = [
        ConvStage(128, kernel=5, padding=first_padding(input_shape[0], grey=4, colour=2), pooling="max"),
        ConvStage(192, kernel=5, padding=2, pooling="max"),
        ConvStage(256),
        ConvStage(192),
        ConvStage(192, pooling="max"),
    ]
    blocks, shape = convolution_blocks(input_shape, stages, norm)
    return FeedForward(blocks, [stage.pooling for stage in stages], [math.prod(shape)], outputs)


ARCHITECTURE = Architecture(build=of_shape(alexnet), reads=("grid",))
