"""Targets that the codec decodes with the inputs, as a series has what follows each window: nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor

from condenset.labels.label import Labels
from condenset.tasks.targets.target import Target


class Decoded(Labels):
    """Stores nothing; for codecs that have `targets`."""

    learnt: ClassVar[bool] = False

    def forward(self) -> None:
        """Returns None, since the codec decodes labels with the examples."""

    @staticmethod
    def item_bytes(target: Target) -> int:
        """Bytes of an item's label: 0, since the codec pays for it."""
        return 0

    @classmethod
    def encode(cls, targets: Tensor, target: Target) -> Decoded:
        """Whatever the targets of the start are, (items, ...), the codec has them."""
        return cls()

    @classmethod
    def restore(cls, tensors: Mapping[str, Tensor], target: Target) -> Decoded:
        """The labels of a saved set, which have no tensors to be read from."""
        return cls()


LABEL = Decoded
