"""A small convolutional encoder of pictures, which condenset trains itself; no architecture for learners."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

COLOURS = 3  # what every encoder reads


class ConvEncoder(nn.Module):
    """Blocks of [convolution, batch normalisation, ReLU], a 2x2 average between them, and the mean of the last maps.

    The first convolution takes overlapping 4x4 patches, two pixels apart, the others are 3x3: pictures of any sides
    that can be halved as often as there are blocks.
    """

    def __init__(self, widths: Sequence[int]) -> None:
        """Args: widths, channels of every block; the last are the numbers of a vector."""
        super().__init__()
        self.widths = tuple(widths)
        first = nn.Conv2d(COLOURS, widths[0], 4, stride=2, padding=1, bias=False)
        others = (nn.Conv2d(before, after, 3, padding=1, bias=False) for before, after in pairwise(widths))
        self.blocks = nn.ModuleList(
            nn.Sequential(conv, nn.BatchNorm2d(conv.out_channels), nn.ReLU()) for conv in (first, *others)
        )
        self.pool = nn.AvgPool2d(2)

    def forward(self, images: Float[Tensor, "n 3 height width"]) -> Float[Tensor, "n d"]:
        """Vectors (n, d) of images, which a linear layer is to read."""
        maps = self.blocks[0](images)
        for block in self.blocks[1:]:
            maps = block(self.pool(maps))
        vectors: Tensor = maps.mean((2, 3))
        return vectors
