"""ConvNet: blocks of convolution, normalisation, non-linearity and pooling; the field's common network."""

from __future__ import annotations

import math

from torch import nn

from condenset.nets.feedforward import ConvStage, FeedForward, convolution_blocks
from condenset.nets.layers import first_padding, pooled_depth
from condenset.nets.network import Architecture, of_shape


def convnet(
    input_shape: tuple[int, ...],
    outputs: int,
    width: int = 128,
    depth: int | None = None,
    norm: str = "instance",
    activation: str = "relu",
    pooling: str = "average",
) -> nn.Module:
    """The ConvNet of dataset condensation (Zhao, Mopuri and Bilen, ICLR 2021, arXiv 2006.05929).

    Args:
        input_shape: (channels, height, width), any; one channel is padded by 3 in the first convolution, else by 1.
        outputs: classes, or 1 for regression.
        width: channels of every block.
        depth: number of blocks; by resolution when None (see `pooled_depth`).
        norm: "instance", "batch", "layer", "group" (4 groups) or "none".
        activation: "relu", "sigmoid", "leaky" (slope 0.01), "swish" or "softplus" (beta 60).
        pooling: 2x2 "average" or "max", or "none".
    Raises: `RequestError` for a depth that pools the image away, an unknown name, a width that does not group.
    """
    blocks_wanted = pooled_depth(input_shape, depth, pools=pooling != "none")
    paddings = [first_padding(input_shape[0])] + [1] * (blocks_wanted - 1)
    stages = [ConvStage(width, padding=padding, pooling=pooling) for padding in paddings]
    blocks, shape = convolution_blocks(input_shape, stages, norm, activation)
    return FeedForward(blocks, [pooling] * blocks_wanted, [math.prod(shape)], outputs)


ARCHITECTURE = Architecture(build=of_shape(convnet), reads=("grid",))
