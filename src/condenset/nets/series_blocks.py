"""Convolutions in time that know where a series ends: what lies beyond its end is 0 and counts in no mean."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from condenset.core.batch import Inputs
from condenset.core.errors import RequestError
from condenset.core.structure import lengths, numbers
from condenset.nets.layers import choose

Maps = Float[Tensor, "n channels time"]
There = Float[Tensor, "n 1 time"]  # 1 where a series is, 0 beyond its end

SEGMENTS = 4  # of which each has a mean of its own


def read(inputs: Inputs) -> tuple[Maps, There]:
    """Values of series, and where these are."""
    values, ends = numbers(inputs), lengths(inputs)
    if ends is None:
        return values, torch.ones_like(values[:, :1])
    there = torch.arange(values.shape[2], device=values.device) < ends[:, None]
    return values, there[:, None].to(values)


class SeriesNorm(nn.Module):
    """Every example normalised over its own steps, with learnt scale and shift of every channel.

    Over each channel by itself ("instance"), or over all of them together ("layer"), which leaves channels their
    proportions.
    """

    def __init__(self, channels: int, over: tuple[int, ...]) -> None:
        """Args: channels; over, axes of the maps that a mean is taken over."""
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.empty(channels)), nn.Parameter(torch.empty(channels))
        self.over = over

    def drawn(self, name: str, generator: torch.Generator) -> Tensor:
        """Scales (channels,) begin at 1, shifts at 0."""
        return torch.full(self.get_parameter(name).shape, float(name == "weight"))

    def forward(self, maps: Maps, there: There) -> Maps:
        """Normalised maps; 0 beyond the end."""
        there = there.expand_as(maps)
        count = there.sum(self.over, keepdim=True)
        centred = (maps - (maps * there).sum(self.over, keepdim=True) / count) * there
        variance = centred.square().sum(self.over, keepdim=True) / count
        return (centred * (variance + 1e-5).rsqrt() * self.weight[:, None] + self.bias[:, None]) * there


class NoNorm(nn.Module):
    """Leaves maps as they are, but for 0 beyond the end."""

    def forward(self, maps: Maps, there: There) -> Maps:
        """The maps."""
        return maps * there


NORMS: Mapping[str, Callable[[int], nn.Module]] = {
    "instance": lambda channels: SeriesNorm(channels, (2,)),
    "layer": lambda channels: SeriesNorm(channels, (1, 2)),
    "none": lambda channels: NoNorm(),
}


class SeriesBlocks(nn.Module):
    """Blocks of convolution, normalisation and ReLU with means of two steps between them; then means of segments.

    The means are of the quarters of a series, long or short, so that features keep roughly where something is.
    """

    def __init__(self, shape: tuple[int, ...], width: int, depth: int | None, kernel: int, norm: str) -> None:
        """Args: shape, (channels, steps); width, channels of every block; depth, blocks, 3 where a series is long
        enough when None; kernel, steps that a filter sees, an odd number; norm, "instance", "layer" or "none".

        Raises `RequestError` for a depth that leaves no step, an even kernel and an unknown normalisation.
        """
        super().__init__()
        channels, steps = shape
        most = 1 + int(math.log2(max(1, steps)))
        depth = min(3, most) if depth is None else depth
        if not 1 <= depth <= most or kernel < 1 or kernel % 2 == 0:
            raise RequestError(
                f"depth={depth} and kernel={kernel} do not fit series of {steps} steps: choose a depth of 1 to {most} "
                "and an odd kernel"
            )
        sizes = [channels] + [width] * depth
        pairs = pairwise(sizes)
        self.convolutions = nn.ModuleList(nn.Conv1d(a, b, kernel, padding=kernel // 2) for a, b in pairs)
        self.norms = nn.ModuleList(choose("normalisation", norm, NORMS)(width) for _ in range(depth))
        self.features = SEGMENTS * width

    def forward(self, maps: Maps, there: There) -> tuple[Float[Tensor, "n features"], tuple[Tensor, ...]]:
        """Features of each series, and the maps after every block."""
        layers: list[Tensor] = []
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            if layers:
                maps, there = halved(layers[-1], there)
            layers.append(F.relu(norm(convolution(maps), there)))
        return segment_means(layers[-1], there).flatten(1), tuple(layers)


def halved(maps: Maps, there: There) -> tuple[Float[Tensor, "n channels half"], Float[Tensor, "n 1 half"]]:
    """Means of two steps each, of those that are there; an odd last step is dropped."""
    share = F.avg_pool1d(there, 2)
    return F.avg_pool1d(maps, 2) / share.clamp(min=0.5), (share > 0).to(maps)


def segment_means(maps: Maps, there: There, segments: int = SEGMENTS) -> Float[Tensor, "n channels segments"]:
    """Means of equal parts of each series; 0 where a series has fewer steps than there are parts."""
    steps = there.sum(2).clamp(min=1)  # (n, 1)
    place = (torch.arange(maps.shape[2], device=maps.device) * segments / steps).floor()
    own = (place[:, :, None] == torch.arange(segments, device=maps.device)).to(maps) * there.transpose(1, 2)
    return maps @ own / own.sum(1, keepdim=True).clamp(min=1)
