"""Hard labels: the class index, or the standardised value, that each item began with; never learnt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor

from condenset.core.errors import ArtifactError
from condenset.core.indices import index_dtype
from condenset.labels.label import Labels
from condenset.tasks.targets.target import Target


class Hard(Labels):
    """Stores (items,) classes, whole numbers as narrow as tell them apart, or (items, 1) float values."""

    learnt: ClassVar[bool] = False

    values: Tensor

    def __init__(self, values: Tensor) -> None:
        """Args: values, (items,) whole numbers or (items, 1) float."""
        super().__init__()
        self.register_buffer("values", values.detach().clone())

    def forward(self) -> Tensor:
        """The stored targets, (items,) int64 or (items, 1) float."""
        return self.values if self.values.is_floating_point() else self.values.long()

    @classmethod
    def encode(cls, targets: Tensor, target: Target) -> Hard:
        """The targets of the start, soft ones (items, classes) by their largest entry."""
        values = target.hard(targets)
        return cls(values if values.is_floating_point() else values.to(index_dtype(target.outputs)))

    @staticmethod
    def item_bytes(target: Target) -> int:
        """As the target prices one."""
        return target.hard_bytes

    @classmethod
    def restore(cls, tensors: Mapping[str, Tensor], target: Target) -> Hard:
        """Rebuild from "values", (items,) whole numbers or (items, 1) float. Raises `ArtifactError` for others."""
        values = tensors.get("values")
        if values is None or values.dim() != (2 if values.is_floating_point() else 1):
            shape = None if values is None else tuple(values.shape)
            raise ArtifactError(f"labels 'values' are {shape}: expected (items,) integers or (items, 1) numbers")
        return cls(values)


LABEL = Hard
