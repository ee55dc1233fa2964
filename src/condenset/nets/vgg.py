"""VGG11 for small images: eight 3x3 convolutions with normalisation, five max poolings, one linear layer."""

from __future__ import annotations

import math

from torch import nn

from condenset.nets.feedforward import ConvStage, FeedForward, convolution_blocks
from condenset.nets.layers import first_padding, require_side
from condenset.nets.network import Architecture, of_shape

_WIDTHS = (64, 128, 256, 256, 512, 512, 512, 512)
_POOLINGS = ("max", "max", "none", "max", "none", "max", "none", "max")


def vgg11(input_shape: tuple[int, ...], outputs: int, norm: str = "instance") -> nn.Module:
    """VGG11 (Simonyan and Zisserman 2015) in the form that dataset condensation evaluates (arXiv 2006.05929).

    Args:
        input_shape: (channels, height, width); one channel is padded by 3 in the first convolution, else by 1.
        outputs: classes, or 1 for regression.
        norm: "instance", "batch", "layer", "group" or "none".
    Raises: `RequestError` below 28x28 pixels for one channel, 32x32 for more, and for an unknown normalisation.
    """
    paddings = [first_padding(input_shape[0])] + [1] * (len(_WIDTHS) - 1)
    require_side("vgg", input_shape, 34 - 2 * paddings[0])
    plan = zip(_WIDTHS, paddings, _POOLINGS, strict=True)
    stages = [ConvStage(width, padding=padding, pooling=pooling) for width, padding, pooling in plan]
    blocks, shape = convolution_blocks(input_shape, stages, norm)
    return FeedForward(blocks, _POOLINGS, [math.prod(shape)], outputs)


ARCHITECTURE = Architecture(build=of_shape(vgg11), reads=("grid",))
