"""Random ConvNets side by side, whose features approximate the kernel of a ConvNet of infinite width (RFAD)."""

from __future__ import annotations

import math
from collections import OrderedDict

from torch import nn

from condenset.nets.convolution import GaussianConv2d
from condenset.nets.feedforward import ConvStage, FeedForward, pooled
from condenset.nets.layers import pooled_depth
from condenset.nets.network import Architecture, of_shape


def nngp_convnet(
    input_shape: tuple[int, ...], outputs: int, width: int = 256, copies: int = 8, depth: int | None = None
) -> nn.Module:
    """The random features of RFAD (Loo et al., NeurIPS 2022, arXiv 2210.12067), as one network of grouped convolutions.

    Each copy is blocks of [3x3 convolution -> ReLU -> 2x2 average pooling], with weights drawn from N(0, 2 / fan in)
    and biases from N(0, 0.01). Twice the mean product of two embeddings' entries, plus 0.01, tends to the kernel
    conv-nngp with a pooling after every convolution.

    Args:
        input_shape: (channels, height, width), any; grey ones are padded by 1 like colour, as released.
        outputs: classes, or 1 for regression.
        width: channels of every block of a copy.
        copies: networks side by side.
        depth: number of blocks; by resolution when None (see `pooled_depth`).
    Raises: `RequestError` for a depth that pools the image away.
    """
    blocks: list[nn.Module] = []
    shape = input_shape
    for index in range(pooled_depth(input_shape, depth)):
        stage = ConvStage(copies * width, padding=1)
        groups = copies if index else 1
        law = {"gain": 2.0, "spread": 0.1}  # of infinitely wide networks
        conv = GaussianConv2d(shape[0], stage.width, stage.kernel, padding=stage.padding, groups=groups, **law)
        blocks.append(nn.Sequential(OrderedDict(conv=conv, activation=nn.ReLU())))
        shape = pooled(stage.after(shape), "average")
    return FeedForward(blocks, ["average"] * len(blocks), [math.prod(shape)], outputs)


ARCHITECTURE = Architecture(build=of_shape(nngp_convnet), reads=("grid",))
