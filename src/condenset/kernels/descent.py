"""The rules that a network's training steps by, as pure functions of a small state, so that they are differentiated.

A state is (rows, p): the parameters in its first row, what the rule remembers in the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.errors import RequestError


@runtime_checkable
class Rule(Protocol):
    """A frozen dataclass that holds a rule's numbers; it works entry by entry."""

    def begin(self, start: Float[Tensor, " p"]) -> Float[Tensor, "rows p"]:
        """The state before the first step from parameters `start`."""

    def advance(
        self, state: Float[Tensor, "rows p"], gradient: Float[Tensor, " p"], rate: Float[Tensor, ""], step: int
    ) -> Float[Tensor, "rows p"]:
        """The state after step `step` (from 0), differentiable in state, gradient and rate."""


@dataclass(frozen=True)
class Descent:
    """Gradient descent: v <- momentum * v + gradient, parameters <- parameters - rate * v.

    Attributes:
        momentum: heavy-ball coefficient in [0, 1); 0 remembers nothing.
    """

    momentum: float = 0.0

    def __post_init__(self) -> None:
        """Raises `RequestError` for a momentum outside [0, 1)."""
        if not 0.0 <= self.momentum < 1.0:
            raise RequestError(f"momentum is {self.momentum}, expected a number in [0, 1): 0 is plain SGD")

    def begin(self, start: Float[Tensor, " p"]) -> Float[Tensor, "rows p"]:
        """Parameters, and a velocity of 0 where there is momentum."""
        return torch.stack([start, torch.zeros_like(start)] if self.momentum else [start])

    def advance(
        self, state: Float[Tensor, "rows p"], gradient: Float[Tensor, " p"], rate: Float[Tensor, ""], step: int
    ) -> Float[Tensor, "rows p"]:
        """One step of `torch.optim.SGD`."""
        if not self.momentum:
            return state - rate * gradient
        velocity = self.momentum * state[1] + gradient
        return torch.stack([state[0] - rate * velocity, velocity])


@dataclass(frozen=True)
class Adam:
    """Adam (Kingma & Ba, ICLR 2015, arXiv 1412.6980).

    Attributes:
        betas: decay of the mean gradient and of the mean squared gradient.
        eps: added to the root of the mean squared gradient.
    """

    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8

    def begin(self, start: Float[Tensor, " p"]) -> Float[Tensor, "rows p"]:
        """Parameters and two means of 0."""
        return torch.stack([start, torch.zeros_like(start), torch.zeros_like(start)])

    def advance(
        self, state: Float[Tensor, "rows p"], gradient: Float[Tensor, " p"], rate: Float[Tensor, ""], step: int
    ) -> Float[Tensor, "rows p"]:
        """One step of `torch.optim.Adam`; where all gradients were 0, the root of the mean square is a constant."""
        decay, decay_square = self.betas
        mean = torch.lerp(gradient, state[1], decay)
        square = torch.lerp(gradient.square(), state[2], decay_square)
        seen = square > 0
        root = torch.where(seen, square, 1.0).sqrt().where(seen, 0.0)
        scaled = root / (1 - decay_square ** (step + 1)) ** 0.5 + self.eps
        return torch.stack([state[0] - rate / (1 - decay ** (step + 1)) * mean / scaled, mean, square])
