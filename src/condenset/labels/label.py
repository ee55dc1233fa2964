"""What a kind of labels is: the tensors that supervise, stored per item."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, runtime_checkable

from torch import Tensor

from condenset.core.fields import split_name
from condenset.core.pricing import priced
from condenset.core.registries import LABELS as LABELS
from condenset.tasks.targets.target import Target


@runtime_checkable
class Labels(Protocol):
    """A `torch.nn.Module` whose state dict is what is stored, (items, ...); each file ends in `LABEL = ItsClass`.

    Its class further has:
        item_bytes(target, **options) -> int: bytes of one item's label, as stored; options are fields behind the kind's
            name, "low-rank:rank=4".
        shared_bytes(target, **options) -> int: bytes that all labels take besides; left out where that is none.
        decoder(fields) -> as of a codec; of labels `fields` says nothing.
        encode(targets, target, **options) -> Labels: such as begin at the targets of the start, (items,) int64 or
            (items, outputs) float; as they are learnt, if that differs.
        stored() -> Labels: what a set stores when nothing more is learnt, of the registered kind; it says the same,
            bit by bit. Left out where what is learnt is stored as it is.
        restore(tensors, target) -> Labels: rebuild from the tensors that were saved; raises `ArtifactError`.

    Attributes:
        learnt: whether they are learnt with the data.
    """

    learnt: ClassVar[bool]

    def __call__(self) -> Tensor | None:
        """Targets of all items, as `Batch.targets` describes them; None where the codec decodes them."""

    def parameters(self) -> Any:
        """What is learnt (empty for hard labels)."""


def encoded_labels(name: str, targets: Tensor, target: Target) -> Labels:
    """Labels of a kind with fields, as they are learnt, that begin at targets (items, ...)."""
    kind, options = split_name(name)
    labels: Labels = LABELS.get(kind).encode(targets, target, **options)
    return labels


def label_bytes(name: str, target: Target) -> tuple[int, int]:
    """Bytes of an item's label of a kind with fields, and bytes that labels take besides."""
    kind, options = split_name(name)
    return priced(f"labels {kind!r}", LABELS.get(kind), target, options)
