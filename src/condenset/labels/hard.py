"""Hard labels: the class index, or the standardised value, that each item began with; never learnt."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from condenset.core.errors import ArtifactError
from condenset.tasks.target import Target


class Hard(nn.Module):
    """Stores (items,) int64 classes or (items, 1) float values."""

    values: Tensor

    def __init__(self, values: Tensor) -> None:
        """Args: values, (items,) int64 or (items, 1) float."""
        super().__init__()
        self.register_buffer("values", values.detach().clone())

    def forward(self) -> Tensor:
        """The stored targets, (items,) int64 or (items, 1) float."""
        return self.values

    @classmethod
    def encode(cls, targets: Tensor, target: Target) -> Hard:
        """The targets of the start, soft ones (items, classes) by their largest entry."""
        soft = target.kind == "classification" and targets.is_floating_point()
        return cls(targets.argmax(1) if soft else targets)

    @classmethod
    def restore(cls, tensors: Mapping[str, Tensor]) -> Hard:
        """Rebuild from "values", (items,) int64 or (items, 1) float. Raises `ArtifactError` for others."""
        values = tensors.get("values")
        if values is None or values.dim() != (2 if values.is_floating_point() else 1):
            found = None if values is None else tuple(values.shape)
            raise ArtifactError(f"labels 'values' are {found}: expected (items,) integers or (items, 1) numbers")
        return cls(values)


LABEL = Hard
