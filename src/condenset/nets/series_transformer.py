"""A small transformer for labelled series: stretches of a series as tokens, attention blocks, means of segments."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from condenset.core.batch import Inputs
from condenset.core.errors import RequestError
from condenset.nets.network import Architecture, Output, of_shape
from condenset.nets.series_blocks import SEGMENTS, read, segment_means
from condenset.nets.vit import Block

_TOKENS = 24  # at most, where nobody says how long a stretch is


class SeriesTransformer(nn.Module):
    """The blocks of the vision transformer on stretches of time; a token beyond the end of its series is not read."""

    def __init__(
        self,
        shape: tuple[int, ...],
        outputs: int,
        patch: int | None = None,
        width: int = 32,
        depth: int = 2,
        heads: int = 4,
    ) -> None:
        """Args: shape, (channels, steps); outputs, classes; patch, steps of a stretch, None: so many that there are at
        most 24; width, of a token; depth, blocks; heads, of the attention.

        Raises `RequestError` where a stretch is longer than a series, or heads do not divide the width.
        """
        super().__init__()
        channels, steps = shape
        patch = math.ceil(steps / _TOKENS) if patch is None else patch
        if not 1 <= patch <= steps or width % heads:
            raise RequestError(
                f"patch={patch} and heads={heads} do not fit series of {steps} steps and width={width}: choose a patch "
                f"of 1 to {steps}, and heads that divide the width"
            )
        self.patch = patch
        self.patches = nn.Conv1d(channels, width, patch, stride=patch)
        self.position = nn.Parameter(torch.zeros(steps // patch, width))
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.classifier = nn.Linear(SEGMENTS * width, outputs)

    def drawn(self, name: str, generator: torch.Generator) -> Tensor:
        """Positions (tokens, width), N(0, 0.1²): the order of stretches counts from the start."""
        return 0.1 * torch.randn(self.get_parameter(name).shape, generator=generator)

    def forward(self, inputs: Inputs) -> Output:
        """Logits (n, outputs), the means of the last tokens of segments, and the tokens after every block."""
        values, there = read(inputs)
        tokens = self.patches(values).transpose(1, 2) + self.position
        read_ones = there[:, 0, :: self.patch][:, : tokens.shape[1]]  # (n, tokens)
        layers = []
        for block in self.blocks:
            tokens = block(tokens, read_ones)
            layers.append(tokens)
        embedding = segment_means(self.norm(tokens).transpose(1, 2), read_ones[:, None]).flatten(1)
        return Output(self.classifier(embedding), embedding, tuple(layers))


ARCHITECTURE = Architecture(build=of_shape(SeriesTransformer), reads=("series", "ragged"))
