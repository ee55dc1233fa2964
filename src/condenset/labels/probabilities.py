"""Learnt soft labels that sum to 1 (label distillation, Bohdal et al. 2020, arXiv 2006.08572)."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.labels.rows import Rows
from condenset.tasks.targets.target import Target

_SPREAD = 0.02  # how far the start is on the way from one-hot to uniform
_LEAST = 1e-6  # of a sum, so that a row which has become all 0 divides by something


class Probabilities(Rows):
    """Stores (items, classes) float rows of no negative entry (an optimiser with least 0 keeps them so).

    They begin near one-hot, from where they can move both ways, and are divided by their sums when read. Labels that
    are no probabilities are values (items, outputs), used as they are.
    """

    def forward(self) -> Float[Tensor, "items outputs"]:
        """Rows (items, outputs) that sum to 1, or values."""
        if not self.simplex:
            return self.values
        return self.values / self.values.sum(1, keepdim=True).clamp(min=_LEAST)

    @classmethod
    def encode(cls, targets: Tensor, target: Target) -> Probabilities:
        """Nearly one-hot rows (items, outputs) of the start's classes, or its values."""
        rows = target.matrix(targets)
        if target.simplex:
            rows = torch.lerp(rows, torch.full_like(rows, 1 / rows.shape[1]), _SPREAD)
        return cls(rows, target.simplex)


LABEL = Probabilities
