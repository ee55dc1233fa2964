"""The ledger: how large a set and the data that it was made of are, as people count and as papers do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Ledger:
    """What a set stores in the units that budgets are counted in; its file holds these bits and no others but those
    that say which group each item was budgeted for.

    Attributes:
        floats: floating point numbers of the data, as most papers count.
        data_bits: of the data, in the precision that they are stored in.
        decoder_bits: those of the data that all items share, without which none decodes: bases, networks, tables.
        label_bits: of the labels.
        extra_bits: of weights and learnt rates.
        asset_bytes: of the files that the set was made with, which lie beside it.
    """

    floats: int
    data_bits: int
    decoder_bits: int
    label_bits: int
    extra_bits: int
    asset_bytes: int

    @property
    def bits(self) -> int:
        """With labels, decoder and extras."""
        return self.data_bits + self.label_bits + self.extra_bits


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
        ledger: what the set stores.
    """

    items: int
    tensors: int
    disk: int | None
    examples: int
    files: int | None
    ledger: Ledger

    def record(self) -> dict[str, Any]:
        """The sizes as they stand in JSON: of the set, and of its data."""
        own = {"items": self.items, "tensors": self.tensors, "disk": self.disk, **asdict(self.ledger)}
        return {"set": own, "data": {"items": self.examples, "disk": self.files}}
