"""A gradient that is a share of its own, of parameters that move many pixels at once."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor


def slowed(parameter: Float[Tensor, "*shape"], share: float) -> Float[Tensor, "*shape"]:
    """The parameter, to the last bit, with so much of its gradient.

    All pixels that it moves pull at it. With a share of one over their squared derivatives, descent at a rate for
    pixels moves them about as far as if they were parameters themselves. Values are finite.
    """
    return parameter.detach() + share * (parameter - parameter.detach())
