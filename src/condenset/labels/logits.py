"""Learnt soft labels that stay probabilities: logits are stored (Guo et al., DATM, ICLR 2024, arXiv 2310.05773)."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from condenset.labels.rows import Rows
from condenset.tasks.targets.target import Target

_LEAST = 0.01  # shared by all classes, so that a class that the start rules out can still be learnt


class Logits(Rows):
    """Stores (items, outputs) float logits of probabilities; values that are none are used as they are."""

    def forward(self) -> Float[Tensor, "items outputs"]:
        """Probabilities, or values, (items, outputs)."""
        return self.values.softmax(1) if self.simplex else self.values

    @classmethod
    def encode(cls, targets: Tensor, target: Target) -> Logits:
        """The start's probabilities (items, outputs), small ones raised to a least one, or its values."""
        rows = target.matrix(targets)
        return cls(rows.clamp(min=_LEAST / rows.shape[1]).log() if target.simplex else rows, target.simplex)


LABEL = Logits
