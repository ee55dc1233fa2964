"""Learnt soft labels that sum to 1 (label distillation, Bohdal et al. 2020, arXiv 2006.08572)."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor, nn

from condenset.codecs.restoring import expect_tensor
from condenset.tasks.target import Target

_SPREAD = 0.02  # how far the start is on the way from one-hot to uniform
_LEAST = 1e-6  # of a sum, so that a row which has become all 0 divides by something


class Probabilities(nn.Module):
    """Stores (items, classes) float rows of no negative entry (an optimiser with least 0 keeps them so).

    They begin near one-hot, from where they can move both ways, and are divided by their sums when read. For
    regression, (items, 1) values are used as they are.
    """

    def __init__(self, values: Float[Tensor, "items outputs"]) -> None:
        """Args: values, (items, outputs)."""
        super().__init__()
        self.values = nn.Parameter(values.detach().clone().float())

    def forward(self) -> Float[Tensor, "items outputs"]:
        """Rows (items, classes) that sum to 1, or the values (items, 1) for regression."""
        if self.values.shape[1] == 1:
            return self.values
        return self.values / self.values.sum(1, keepdim=True).clamp(min=_LEAST)

    @classmethod
    def encode(cls, targets: Tensor, target: Target) -> Probabilities:
        """Nearly one-hot rows (items, classes) of the start's classes, or its values (items, 1)."""
        rows = target.matrix(targets)
        return cls(rows if rows.shape[1] == 1 else torch.lerp(rows, torch.full_like(rows, 1 / rows.shape[1]), _SPREAD))

    @classmethod
    def restore(cls, tensors: Mapping[str, Tensor]) -> Probabilities:
        """Rebuild from the tensor "values", (items, outputs) float. Raises `ArtifactError` where it is none such."""
        return cls(expect_tensor(tensors, "values", 2))


LABEL = Probabilities
