"""What a kind of labels is: the tensors that supervise, stored per item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from torch import Tensor, nn

from condenset.core.fields import split_name
from condenset.core.pricing import priced
from condenset.core.registries import LABELS
from condenset.learners.views import Views
from condenset.tasks.targets.target import Target


class Labels(nn.Module):
    """A module whose state dict is what is stored, (items, ...); each file ends in `LABEL = ItsClass`.

    All that labels may be asked is here. They say `item_bytes`, `encode`, `restore` and `forward` themselves, and the
    rest where the answer differs. What is learnt is their parameters, none of hard labels. What `encode` makes may be
    other labels, which store as they are learnt, see `stored`.

    Attributes:
        learnt: whether they are learnt with the data.
    """

    learnt: ClassVar[bool] = True

    @staticmethod
    def item_bytes(target: Target, *args: Any, **options: Any) -> int:
        """Bytes of one item's label, as stored.

        Args: options, fields behind the kind's name, "low-rank:rank=4". Raises `RequestError` for impossible ones.
        """
        raise TypeError("item_bytes of a kind of labels is its own to say: define it in the class")

    @staticmethod
    def shared_bytes(target: Target, *args: Any, **options: Any) -> int:
        """Bytes that all labels take besides. Args and errors as of `item_bytes`."""
        return 0

    @staticmethod
    def decoder(fields: Mapping[str, Any]) -> tuple[str, ...]:
        """As of a codec; of labels `fields` says nothing."""
        return ()

    @classmethod
    def encode(cls, targets: Tensor, target: Target, *args: Any, **options: Any) -> Labels:
        """Such as begin at the targets of the start, (items,) int64 or (items, outputs) float; as they are learnt, if
        that differs. Raises `RequestError` for targets that they cannot say and options that are impossible."""
        raise TypeError("encode of a kind of labels is its own to say: define it in the class")

    @classmethod
    def restore(cls, tensors: Mapping[str, Tensor], target: Target) -> Labels:
        """Rebuild from the tensors that were saved. Raises `ArtifactError` where these do not fit each other."""
        raise TypeError("restore of a kind of labels is its own to say: define it in the class")

    def forward(self) -> Tensor | None:
        """Targets of all items, as `Batch.targets` describes them; None where the codec decodes them."""
        raise TypeError("forward of a kind of labels is its own to say: define it in the class")

    @property
    def views(self) -> Views | None:
        """Of all items, with what a teacher said of each; None where labels are of the items themselves."""
        return None

    def stored(self) -> Labels:
        """What a set stores when nothing more is learnt, of the registered kind; it says the same, bit by bit. Itself
        where what is learnt is stored as it is."""
        return self


def encoded_labels(name: str, targets: Tensor, target: Target) -> Labels:
    """Labels of a kind with fields, as they are learnt, that begin at targets (items, ...)."""
    kind, options = split_name(name)
    labels: Labels = LABELS.get(kind).encode(targets, target, **options)
    return labels


def label_bytes(name: str, target: Target) -> tuple[int, int]:
    """Bytes of an item's label of a kind with fields, and bytes that labels take besides."""
    kind, options = split_name(name)
    return priced(f"labels {kind!r}", LABELS.get(kind), target, options)
