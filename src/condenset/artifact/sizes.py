"""How large a saved set and the data that it was made of are, by its card."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from condenset.artifact.card import APART_FILE, Card, inside, read_card, write_card
from condenset.core.errors import ArtifactError, PluginError, UnknownNameError
from condenset.core.ledger import Ledger, Sizes
from condenset.core.registries import CODECS
from condenset.core.spec import DTYPES

_BITS = 8  # of a byte


def ledger_of(card: Card) -> Ledger:
    """By what the card says of the tensors."""
    stored = [tensor for tensor in card.tensors if tensor.name.startswith("codec/")]
    decoder = _decoder(card)
    shared = sum(tensor.nbytes for tensor in stored if tensor.name.removeprefix("codec/").startswith(decoder))
    return Ledger(
        floats=sum(math.prod(tensor.shape) for tensor in stored if DTYPES[tensor.dtype].is_floating_point),
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
        return CODECS.get(card.codec.name).decoder(card.codec.fields)
    return ()
