"""ROCKET: random convolutions of series and two numbers of each (Dempster, Petitjean & Webb, Data Mining and Knowledge
Discovery 2020, arXiv 1910.13051).

Difference from the paper: lengths, dilations and paddings are drawn for a group of filters that are convolved at once,
not for each by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from condenset.core.rng import Rng

_LENGTHS = (7, 9, 11)
_GROUP = 20  # filters of one length, dilation and padding


@dataclass(frozen=True)
class Filters:
    """A group of filters.

    Attributes:
        weight: (filters, channels, length), centred over their length, 0 for channels that a filter does not read.
        bias: (filters,), uniform in [-1, 1].
        dilation: steps between the places that a filter reads.
        padding: zeros on either side.
    """

    weight: Float[Tensor, "filters channels length"]
    bias: Float[Tensor, " filters"]
    dilation: int
    padding: int


def random_filters(channels: int, steps: int, count: int, rng: Rng) -> list[Filters]:
    """About so many filters for series (channels, steps), float32."""
    return [_group(channels, steps, rng.child(number)) for number in range(-(-count // _GROUP))]


def convolution_features(
    filters: Sequence[Filters], values: Float[Tensor, "n channels time"], there: Float[Tensor, "n 1 time"]
) -> Float[Tensor, "n features"]:
    """Of every filter the share of places where its response is above 0, and the greatest response.

    Args: there, 1 where a series is, 0 beyond its end, where values are 0; places that read it count in neither.
    """
    features = []
    for group in filters:
        how = {"dilation": group.dilation, "padding": group.padding}
        response = F.conv1d(values, group.weight.to(values), group.bias.to(values), **how)
        own = there[:, :, -response.shape[2] :]  # the places that the series has by itself, one at least
        own = torch.cat([torch.ones_like(own[:, :, :1]), own[:, :, 1:]], 2)
        share = ((response > 0) * own).sum(2) / own.sum(2)
        features += [share, response.masked_fill(own == 0, -torch.inf).amax(2)]
    return torch.cat(features, 1)


def _group(channels: int, steps: int, rng: Rng) -> Filters:
    random = rng.numpy()
    length = int(random.choice([size for size in _LENGTHS if size <= steps] or [min(steps, _LENGTHS[0])]))
    dilation = int(2 ** random.uniform(0, np.log2(max(1.0, (steps - 1) / max(1, length - 1)))))
    padding = (length - 1) * dilation // 2 if random.random() < 0.5 else 0
    weight = random.normal(size=(_GROUP, channels, length))
    weight -= weight.mean(2, keepdims=True)
    weight *= _chosen(channels, random)[:, :, None]
    bias = random.uniform(-1, 1, _GROUP)
    return Filters(torch.from_numpy(weight).float(), torch.from_numpy(bias).float(), dilation, padding)


def _chosen(channels: int, random: np.random.Generator) -> Float[np.ndarray, "filters channels"]:
    """Which channels each filter reads: few mostly, since their number is drawn evenly on a scale of powers."""
    chosen = np.zeros((_GROUP, channels))
    for row in chosen:
        row[random.permutation(channels)[: int(2 ** random.uniform(0, np.log2(channels + 1)))]] = 1
    return chosen
