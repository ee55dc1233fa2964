"""How large a saved set and the data that it was made of are, as people count: items, and bytes on disk."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from condenset.artifact.card import APART_FILE, Card, inside, read_card, write_card
from condenset.core.errors import ArtifactError


@dataclass(frozen=True)
class Sizes:
    """A set beside its data.

    Attributes:
        items: of the set.
        tensors: bytes of what the set stores, the measure of budgets.
        disk: bytes of the files without which it cannot be opened: tensors, a decoder that is no part of them, and the
            card, before any result is noted in it; None: the tensors' file is not there.
        examples: training examples that it was made of; 0: not known.
        files: bytes of the files that hold those; None: in no file, or not known.
    """

    items: int
    tensors: int
    disk: int | None
    examples: int
    files: int | None

    def record(self) -> dict[str, Any]:
        """The JSON form."""
        own = {"items": self.items, "tensors": self.tensors, "disk": self.disk}
        return {"set": own, "data": {"items": self.examples, "disk": self.files}}


def sizes_of(card: Card, data: int | None) -> Sizes:
    """By what the card says. Args: data, bytes of the tensors' file."""
    apart = sum(asset.bytes for asset in card.assets if asset.name == APART_FILE)
    disk = None if data is None else data + apart + len(write_card(replace(card, evaluations=(), audits=())))
    return Sizes(card.items, card.budget.total, disk, card.task.fingerprint.rows, card.task.footprint.files)


def saved_sizes(folder: Path, card: Card | None = None) -> Sizes:
    """Of a folder with a card. Args: card, as it was read, if it was. Raises `ArtifactError` where it holds none."""
    card = card or read_card(folder)
    with suppress(ArtifactError):
        return sizes_of(card, inside(folder, card.data).stat().st_size)
    return sizes_of(card, None)
