"""Plain networks from a plan: convolution stages, hidden linear layers, a classifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from condenset.nets.convolution import Conv2d, ConvolutionBlock
from condenset.nets.layers import ACTIVATIONS, POOLINGS, choose, normalisation
from condenset.nets.network import Output


@dataclass(frozen=True)
class ConvStage:
    """One convolution and what follows it.

    Attributes:
        width: output channels.
        kernel: side of the filters, in pixels.
        padding: zeros on each border, in pixels.
        pooling: "average", "max" or "none", 2x2 with stride 2, after the non-linearity.
    """

    width: int
    kernel: int = 3
    padding: int = 1
    pooling: str = "none"

    def after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Shape (channels, height, width) of the convolution's output for an input of `shape`."""
        return (self.width, *(side + 2 * self.padding + 1 - self.kernel for side in shape[1:]))


def pooled(shape: tuple[int, ...], pooling: str) -> tuple[int, ...]:
    """Shape (channels, height, width) after a pooling."""
    return shape if pooling == "none" else (shape[0], shape[1] // 2, shape[2] // 2)


def convolution_blocks(
    input_shape: tuple[int, ...], stages: Sequence[ConvStage], norm: str, activation: str = "relu"
) -> tuple[list[nn.Module], tuple[int, ...]]:
    """A block [convolution with bias -> normalisation -> non-linearity] for each stage, and the last pooled shape.

    Raises `UnknownNameError` for a normalisation, non-linearity or pooling that is not known.
    """
    blocks: list[nn.Module] = []
    shape = input_shape
    for stage in stages:
        conv = Conv2d(shape[0], stage.width, stage.kernel, padding=stage.padding)
        shape = stage.after(shape)
        act = choose("activation", activation, ACTIVATIONS)()
        blocks.append(ConvolutionBlock(conv, normalisation(norm, shape), act))
        shape = pooled(shape, stage.pooling)
    return blocks, shape


class FeedForward(nn.Module):
    """Blocks, each with its pooling; then hidden linear layers with ReLU; then a linear classifier."""

    def __init__(
        self, blocks: Sequence[nn.Module], poolings: Sequence[str], sizes: Sequence[int], outputs: int
    ) -> None:
        """Build from parts.

        Args:
            blocks: modules of feature maps (n, channels, height, width), ending in their non-linearity.
            poolings: a name for each block.
            sizes: features that the blocks end in once flattened, then the width of each hidden linear layer.
            outputs: classes, or 1 for regression.
        """
        super().__init__()
        self.blocks = nn.ModuleList(blocks)
        self.pools = nn.ModuleList(choose("pooling", name, POOLINGS)() for name in poolings)
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))
        self.activation = nn.ReLU()
        self.classifier = nn.Linear(sizes[-1], outputs)

    def forward(self, inputs: Float[Tensor, " n *shape"]) -> Output:
        """Logits, what the classifier reads, and the activations of every block (before pooling) and hidden layer."""
        layers: list[Tensor] = []
        for block, pool in zip(self.blocks, self.pools, strict=True):
            layers.append(block(inputs))
            inputs = pool(layers[-1])
        embedding = inputs.flatten(1)
        for linear in self.hidden:
            embedding = self.activation(linear(embedding))
            layers.append(embedding)
        return Output(self.classifier(embedding), embedding, tuple(layers))
