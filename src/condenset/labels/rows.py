"""Rows: labels that are learnt as a number for every output, whatever these then mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from jaxtyping import Float
from torch import Tensor, nn

from condenset.codecs.restoring import expect_tensor
from condenset.labels.label import Labels
from condenset.tasks.targets.target import Target


class Rows(Labels):
    """Stores (items, outputs) float32. A kind is a class below this one, which says what rows begin as and mean.

    Attributes:
        values: the rows.
        simplex: whether labels are probabilities.
    """

    def __init__(self, values: Float[Tensor, "items outputs"], simplex: bool = True) -> None:
        """Args: as the attributes."""
        super().__init__()
        self.simplex = simplex
        self.values = nn.Parameter(values.detach().clone().float())

    @staticmethod
    def item_bytes(target: Target) -> int:
        """Bytes of an item's label, a row of float32 with a number for every output."""
        return 4 * target.outputs

    @classmethod
    def restore(cls, tensors: Mapping[str, Tensor], target: Target) -> Self:
        """Rebuild from the tensor "values", (items, outputs) float. Raises `ArtifactError` where it is none such."""
        return cls(expect_tensor(tensors, "values", 2), target.simplex)
