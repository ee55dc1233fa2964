"""FRePo's ConvNet: normalisation (none by default) before the convolution, twice the channels in every block."""

from __future__ import annotations

import math
from collections import OrderedDict

from torch import nn

from condenset.nets.convolution import GaussianConv2d
from condenset.nets.feedforward import ConvStage, FeedForward, pooled
from condenset.nets.layers import ACTIVATIONS, choose, first_padding, normalisation, pooled_depth
from condenset.nets.network import Architecture, of_shape

_INSTANCE_EPS = 1e-6
_BATCH_MOMENTUM = 0.9  # weight of the newest batch in the running statistics


def frepo_convnet(
    input_shape: tuple[int, ...],
    outputs: int,
    width: int = 128,
    depth: int | None = None,
    norm: str = "none",
    activation: str = "relu",
) -> nn.Module:
    """The network of FRePo (Zhou, Nezhadarya and Ba, NeurIPS 2022, arXiv 2206.00719).

    Block i is [normalisation, but not in block 0 -> 3x3 convolution to width * 2^i channels -> non-linearity -> 2x2
    average]. Weights of convolutions begin as N(0, 1 / fan in) and biases at 0, as in the released code.

    Args:
        input_shape: (channels, height, width), any; one channel is padded by 3 in the first convolution, else by 1.
        outputs: classes, or 1 for regression.
        width: channels of the first block.
        depth: number of blocks; by resolution when None (see `pooled_depth`).
        norm: "none", "batch", "instance" (eps 1e-6), "layer" or "group".
        activation: as in `convnet`.
    Raises: `RequestError` for a depth that pools the image away or an unknown name.
    """
    blocks: list[nn.Module] = []
    shape = input_shape
    for index in range(pooled_depth(input_shape, depth)):
        layer = normalisation(norm, shape, _INSTANCE_EPS if norm == "instance" else 1e-5) if index else nn.Identity()
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = _BATCH_MOMENTUM
        stage = ConvStage(width * 2**index, padding=1 if index else first_padding(shape[0]))
        conv = GaussianConv2d(shape[0], stage.width, stage.kernel, padding=stage.padding, gain=1.0)
        act = choose("activation", activation, ACTIVATIONS)()
        blocks.append(nn.Sequential(OrderedDict(norm=layer, conv=conv, activation=act)))
        shape = pooled(stage.after(shape), "average")
    return FeedForward(blocks, ["average"] * len(blocks), [math.prod(shape)], outputs)


ARCHITECTURE = Architecture(build=of_shape(frepo_convnet), reads=("grid",))
