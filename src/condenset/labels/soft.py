"""Soft labels learnt with the data (Sucholutsky & Schonlau 2019, arXiv 1910.02551; FRePo, KIP)."""

from __future__ import annotations

from collections.abc import Mapping

from jaxtyping import Float
from torch import Tensor, nn

from condenset.codecs.restoring import expect_tensor
from condenset.labels.label import Labels
from condenset.tasks.targets.target import Target


class Soft(Labels):
    """Stores (items, outputs) float rows, unconstrained; they begin one-hot (or at the value, for regression)."""

    def __init__(self, values: Float[Tensor, "items outputs"]) -> None:
        """Args: values, (items, outputs)."""
        super().__init__()
        self.values = nn.Parameter(values.detach().clone().float())

    def forward(self) -> Float[Tensor, "items outputs"]:
        """The learnt rows, (items, outputs)."""
        return self.values

    @staticmethod
    def item_bytes(target: Target) -> int:
        """Bytes of an item's label, a row of float32 with a number for every output."""
        return 4 * target.outputs

    @classmethod
    def encode(cls, targets: Tensor, target: Target) -> Soft:
        """One-hot rows (items, classes) of the start's classes, or its values (items, 1); soft ones as they are."""
        return cls(target.matrix(targets))

    @classmethod
    def restore(cls, tensors: Mapping[str, Tensor], target: Target) -> Soft:
        """Rebuild from the tensor "values", (items, outputs) float. Raises `ArtifactError` where it is none such."""
        return cls(expect_tensor(tensors, "values", 2))


LABEL = Soft
