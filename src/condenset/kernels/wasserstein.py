"""The sliced Wasserstein distance: how far two clouds of as many points are from each other."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

_DIRECTIONS = 128


def sliced_wasserstein(
    some: Float[Tensor, "n d"], others: Float[Tensor, "n d"], generator: torch.Generator
) -> Float[Tensor, ""]:
    """The mean square of how far points are to be moved along random directions, times d (Bonneel et al., Sliced and
    Radon Wasserstein Barycenters of Measures, JMIV 2015, doi 10.1007/s10851-014-0506-3).

    So that of two clouds of which one is the other, moved, it is the squared way on average over directions.
    """
    directions = torch.randn(some.shape[1], _DIRECTIONS, generator=generator).to(some)
    directions = directions / directions.norm(dim=0)
    one, other = ((cloud @ directions).sort(0).values for cloud in (some, others))
    return some.shape[1] * (one - other).square().mean()
