"""Descent into flat valleys: sharpness-aware steps guided by the surrogate gap (GSAM)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True)
class Flatness:
    """How far a step looks around, and how hard it evens out (Zhuang et al., ICLR 2022, arXiv 2203.08065).

    Attributes:
        radius: of the neighbourhood, relative to each parameter's size (Kwon et al., ICML 2021, arXiv 2102.11600).
        gap: weight of the part of the gradient that only widens the gap to the neighbourhood's worst point.
    """

    radius: float = 0.01
    gap: float = 0.3


class GSAM(torch.optim.SGD):
    """SGD by the gradient g' at the worst near point, less `gap` times the part of the own gradient g beside g'.

    The worst near point is w + radius * w^2 g / |w g|.
    """

    def __init__(self, parameters: Sequence[Tensor], rate: float, momentum: float, flatness: Flatness) -> None:
        """Args: parameters, stepped in place; rate and momentum, of SGD."""
        super().__init__(list(parameters), lr=rate, momentum=momentum)
        self._parameters, self._flatness = list(parameters), flatness

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        """One step; `closure` zeroes the gradients, computes them anew and returns the loss, which is returned."""
        assert closure is not None, "two gradients are needed, so the loss must be given as a closure"
        gradients: Callable[[], Tensor] = torch.enable_grad()(closure)
        loss = gradients()
        before = [p.clone() for p in self._parameters]
        own = [_gradient(p) for p in self._parameters]
        scale = self._flatness.radius / _norm([p * g for p, g in zip(before, own, strict=True)])
        for parameter, gradient in zip(self._parameters, own, strict=True):
            parameter += scale * parameter.square() * gradient
        gradients()
        worst = [_gradient(p) for p in self._parameters]
        along = sum(((g * w).sum() for g, w in zip(own, worst, strict=True)), torch.zeros(())) / _norm(worst).square()
        for parameter, value, g, w in zip(self._parameters, before, own, worst, strict=True):
            parameter.copy_(value)
            parameter.grad = w - self._flatness.gap * (g - along * w)
        super().step()
        return loss


def _gradient(parameter: Tensor) -> Tensor:
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad.clone()


def _norm(tensors: Sequence[Tensor]) -> Tensor:
    return torch.stack([t.square().sum() for t in tensors]).sum().sqrt().clamp(min=1e-12)
