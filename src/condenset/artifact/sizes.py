"""How large a saved set and the data that it was made of are, as people count and as papers do."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from condenset.artifact.card import APART_FILE, Card, inside, read_card, write_card
from condenset.codecs.codec import CODECS, decoder_of
from condenset.core.errors import ArtifactError, PluginError, UnknownNameError

_BITS = 8  # of a byte


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
        """The JSON form."""
        own = {"items": self.items, "tensors": self.tensors, "disk": self.disk, **asdict(self.ledger)}
        return {"set": own, "data": {"items": self.examples, "disk": self.files}}


def ledger_of(card: Card) -> Ledger:
    """By what the card says of the tensors."""
    stored = [
        (tensor.name.removeprefix("codec/"), math.prod(tensor.shape), getattr(torch, tensor.dtype))
        for tensor in card.tensors
        if tensor.name.startswith("codec/")
    ]
    decoder = _decoder(card)
    shared = sum(count * kind.itemsize for name, count, kind in stored if name.startswith(decoder))
    return Ledger(
        floats=sum(count for _, count, kind in stored if kind.is_floating_point),
        data_bits=_BITS * card.budget.data,
        decoder_bits=_BITS * shared,
        label_bits=_BITS * card.budget.labels,
        extra_bits=_BITS * card.budget.extras,
        asset_bytes=sum(asset.bytes for asset in card.assets),
    )


def sizes_of(card: Card, data: int | None) -> Sizes:
    """By what the card says. Args: data, bytes of the tensors' file."""
    apart = sum(asset.bytes for asset in card.assets if asset.name == APART_FILE)
    disk = None if data is None else data + apart + len(write_card(replace(card, evaluations=(), audits=())))
    rows, files = card.task.fingerprint.rows, card.task.footprint.files
    return Sizes(card.items, card.budget.total, disk, rows, files, ledger_of(card))


def saved_sizes(folder: Path, card: Card | None = None) -> Sizes:
    """Of a folder with a card. Args: card, as it was read, if it was. Raises `ArtifactError` where it holds none."""
    card = card or read_card(folder)
    with suppress(ArtifactError):
        return sizes_of(card, inside(folder, card.data).stat().st_size)
    return sizes_of(card, None)


def _decoder(card: Card) -> tuple[str, ...]:
    """How names of tensors that all items share begin; none of a codec that is not known here."""
    with suppress(UnknownNameError, PluginError):
        return decoder_of(CODECS.get(card.codec.name), card.codec.fields)
    return ()
