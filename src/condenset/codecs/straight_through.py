"""The straight-through gradient of what has none: rounding, or choosing the likeliest."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor


def straight_through(soft: Float[Tensor, "*shape"], hard: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """`hard`, to the last bit, whose gradient goes to `soft` as if it were that one, and to what `hard` is made of.

    Bengio, Léonard & Courville, Estimating or Propagating Gradients Through Stochastic Neurons, 2013, arXiv 1308.3432.
    Soft values are finite.
    """
    return hard + (soft - soft.detach())
