"""Soft labels learnt with the data (Sucholutsky & Schonlau 2019, arXiv 1910.02551; FRePo, KIP)."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from condenset.labels.rows import Rows
from condenset.tasks.targets.target import Target


class Soft(Rows):
    """Stores (items, outputs) float rows, unconstrained; they begin one-hot (or at the value, for regression)."""

    def forward(self) -> Float[Tensor, "items outputs"]:
        """The learnt rows, (items, outputs)."""
        return self.values

    @classmethod
    def encode(cls, targets: Tensor, target: Target) -> Soft:
        """One-hot rows (items, classes) of the start's classes, or its values (items, 1); soft ones as they are."""
        return cls(target.matrix(targets), target.simplex)


LABEL = Soft
