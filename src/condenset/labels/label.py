"""What a kind of labels is: the tensors that supervise, stored per item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, runtime_checkable

from torch import Tensor

from condenset.core.registry import Registry
from condenset.tasks.targets.target import Target

LABELS = Registry("labels", "LABEL", "kind of labels")


@runtime_checkable
class Labels(Protocol):
    """A `torch.nn.Module` whose state dict is what is stored, (items, ...); each file ends in `LABEL = ItsClass`.

    Attributes:
        learnt: whether they are learnt with the data.
    """

    learnt: ClassVar[bool]

    def __call__(self) -> Tensor | None:
        """Targets of all items, as `Batch.targets` describes them; None where the codec decodes them."""

    def parameters(self) -> Any:
        """What is learnt (empty for hard labels)."""

    @staticmethod
    def item_bytes(target: Target) -> int:
        """Bytes of one item's label, as stored."""

    @classmethod
    def encode(cls, targets: Tensor, target: Target) -> Labels:
        """Labels that begin at the targets of the start, (items,) int64 or (items, outputs) float."""

    @classmethod
    def restore(cls, tensors: Mapping[str, Tensor], target: Target) -> Labels:
        """Rebuild from the tensors (items, ...) that were saved. Raises `ArtifactError`."""
