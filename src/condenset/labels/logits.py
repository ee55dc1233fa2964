"""Learnt soft labels that stay probabilities: logits are stored (Guo et al., DATM, ICLR 2024, arXiv 2310.05773)."""

from __future__ import annotations

from collections.abc import Mapping

from jaxtyping import Float
from torch import Tensor, nn

from condenset.codecs.restoring import expect_tensor
from condenset.tasks.target import Target

_LEAST = 0.01  # shared by all classes, so that a class that the start rules out can still be learnt


class Logits(nn.Module):
    """Stores (items, classes) float logits, or (items, 1) values for regression, which are used as they are."""

    def __init__(self, values: Float[Tensor, "items outputs"]) -> None:
        """Args: values, (items, outputs)."""
        super().__init__()
        self.values = nn.Parameter(values.detach().clone().float())

    def forward(self) -> Float[Tensor, "items outputs"]:
        """Probabilities (items, classes), or the values (items, 1) for regression."""
        return self.values if self.values.shape[1] == 1 else self.values.softmax(1)

    @classmethod
    def encode(cls, targets: Tensor, target: Target) -> Logits:
        """The start's probabilities (items, classes), small ones raised to a least one, or its values (items, 1)."""
        rows = target.matrix(targets)
        return cls(rows if rows.shape[1] == 1 else rows.clamp(min=_LEAST / rows.shape[1]).log())

    @classmethod
    def restore(cls, tensors: Mapping[str, Tensor]) -> Logits:
        """Rebuild from the tensor "values", (items, outputs) float. Raises `ArtifactError` where it is none such."""
        return cls(expect_tensor(tensors, "values", 2))


LABEL = Logits
