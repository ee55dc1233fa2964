"""Learnt soft labels that stay probabilities: logits are stored (Guo et al., DATM, ICLR 2024, arXiv 2310.05773)."""

from __future__ import annotations

from collections.abc import Mapping

from jaxtyping import Float
from torch import Tensor, nn

from condenset.codecs.restoring import expect_tensor
from condenset.labels.label import Labels
from condenset.tasks.targets.target import Target

_LEAST = 0.01  # shared by all classes, so that a class that the start rules out can still be learnt


class Logits(Labels):
    """Stores (items, outputs) float logits of probabilities; values that are none are used as they are."""

    def __init__(self, values: Float[Tensor, "items outputs"], simplex: bool) -> None:
        """Args: values, (items, outputs); simplex, whether labels are probabilities."""
        super().__init__()
        self._simplex = simplex
        self.values = nn.Parameter(values.detach().clone().float())

    def forward(self) -> Float[Tensor, "items outputs"]:
        """Probabilities, or values, (items, outputs)."""
        return self.values.softmax(1) if self._simplex else self.values

    @staticmethod
    def item_bytes(target: Target) -> int:
        """Bytes of an item's label, a row of float32 with a number for every output."""
        return 4 * target.outputs

    @classmethod
    def encode(cls, targets: Tensor, target: Target) -> Logits:
        """The start's probabilities (items, outputs), small ones raised to a least one, or its values."""
        rows = target.matrix(targets)
        return cls(rows.clamp(min=_LEAST / rows.shape[1]).log() if target.simplex else rows, target.simplex)

    @classmethod
    def restore(cls, tensors: Mapping[str, Tensor], target: Target) -> Logits:
        """Rebuild from the tensor "values", (items, outputs) float. Raises `ArtifactError` where it is none such."""
        return cls(expect_tensor(tensors, "values", 2), target.simplex)


LABEL = Logits
