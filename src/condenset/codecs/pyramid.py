"""Pyramid: images that are learnt as sums of coarse and fine ones, and stored as pixels of a few bits.

Cazenavette et al., NeurIPS 2025, arXiv 2511.16674; there the finer levels come one after another.
"""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.codecs.bits import BYTE, packed, packed_bytes
from condenset.codecs.codec import Codec
from condenset.codecs.images import expect_images
from condenset.codecs.levels import Levels
from condenset.codecs.quantised import Quantised
from condenset.codecs.slowed import slowed
from condenset.core.batch import Inputs
from condenset.core.errors import RequestError
from condenset.tasks.task import Task

_EDGE = 0.4  # of a level from black and from white: a logistic curve reaches neither, and rounding does
_STEEP = 2.0  # of it, so that a step moves a pixel about as far as one of pixels would
_BEYOND = 1e6  # what no pixel is


class Pyramid(Quantised):
    """Stores levels as `Quantised` does, from black to white; `LearntPyramid` is what they are made of."""

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, bits: int = BYTE) -> LearntPyramid:  # type: ignore[override]
        """Take the examples (items, channels, height, width) apart; what has such levels already keeps them.

        Args: bits, of a pixel's channel. Raises `RequestError` for bits that are not 1 to 8, and for what is no image
        between black and white, as whitened ones are none.
        """
        images = expect_images(inputs, "pyramid")
        packed_bytes(images[0].numel(), bits)
        ends = torch.full_like(images[:1], _BEYOND)
        black, white = (task.modality.legal(end, task.preprocessing)[0, :, :1, :1] for end in (-ends, ends))
        if bool((white >= _BEYOND).any()):
            raise RequestError("codec pyramid needs black and white, and these images have none: choose codec raw")
        edge = _EDGE / (2**bits - 1)
        unit = ((images - black) / (white - black)).clamp(edge, 1 - edge)
        return LearntPyramid(_taken_apart(unit.logit() / _STEEP), black, white, bits)


class LearntPyramid(Codec):
    """Levels (items, channels, side, side) while they are learnt, each twice as fine as the one before."""

    black: Tensor
    white: Tensor

    def __init__(self, levels: list[Tensor], black: Tensor, white: Tensor, bits: int) -> None:
        """Args: levels, the finest last; black, white, what images have there (channels, 1, 1); bits, of a pixel."""
        super().__init__()
        self.levels = nn.ParameterList([nn.Parameter(level.detach().clone()) for level in levels])
        self.register_buffer("black", black.detach().clone())
        self.register_buffer("white", white.detach().clone())
        self.bits = bits

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "items channels height width"]:
        """Images, all or those chosen: a logistic curve of the levels' sum, rounded straight through."""
        finest = self.levels[-1].shape[2:]
        levels = [self._slowed(level if index is None else level[index]) for level in self.levels]
        unit = (_STEEP * torch.stack([_finer(level, finest) for level in levels]).sum(0)).sigmoid()
        return self._scale.rounded(self.black + (self.white - self.black) * unit, self.bits)

    def _slowed(self, level: Tensor) -> Tensor:
        """By how many pixels a number of it moves, and how many levels move them."""
        pixels = math.prod(self.levels[-1].shape[2:]) / math.prod(level.shape[2:])
        return slowed(level, 1 / (pixels * len(self.levels)))

    @property
    def _scale(self) -> Levels:
        width = (self.white - self.black).flatten() / (2**self.bits - 1)
        return Levels(width, self.black.flatten())

    def fields(self) -> dict[str, Any]:
        """As of what is stored."""
        return {"input_shape": list(self.levels[-1].shape[1:]), "bits": self.bits}

    def stored(self) -> Pyramid:
        """The pixels' levels, packed."""
        scale = self._scale
        numbers = scale.nearest(self(), self.bits)
        channels, height, width = numbers.shape[1:]
        return Pyramid(packed(numbers.flatten(1), self.bits), scale, (channels, height, width), self.bits)


def _taken_apart(images: Float[Tensor, "n channels height width"]) -> list[Tensor]:
    """Levels whose sum the images are: means of ever smaller parts, of what coarser levels leave."""
    height, width = images.shape[2:]
    sides, levels, rest = 1, list[Tensor](), images
    while sides < max(height, width):
        shape = (min(sides, height), min(sides, width))
        levels.append(F.adaptive_avg_pool2d(rest, shape))
        rest, sides = rest - _finer(levels[-1], images.shape[2:]), 2 * sides
    return [*levels, rest]


def _finer(level: Tensor, shape: torch.Size) -> Tensor:
    return F.interpolate(level, shape, mode="bilinear", align_corners=False)


CODEC = Pyramid
