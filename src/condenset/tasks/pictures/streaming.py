"""Images that do not fit into memory, decoded to disk in two passes over the shards.

The first pass reads headers, the second decodes. Classes, split, pixels and fingerprint are those that the same data
have in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Integer

from condenset.core.rng import Rng
from condenset.tasks.pictures.decoding import Encoded, Format, Header, decode, format_of, headers
from condenset.tasks.pictures.examples import Digest, require_every_class, stratified
from condenset.tasks.pictures.shards import Labelled, Shard
from condenset.tasks.reading.shards import readable, stamp
from condenset.tasks.store import Records, Store, arranged, kept_store, write_records

_PART = 1024  # pictures that are decoded at a time


def image_store(
    data: Labelled, size: int | None, skip_unreadable: bool, test_fraction: float | None, rng: Rng
) -> Store:
    """The training pictures by class and behind them those held out, decoded; made when it is not there yet.

    The card holds `shape`, of a picture; `counts`, of training pictures per class; `levels`, per channel how many of
    their pixels have each of the 256 values; `skipped`, unreadable pictures; `fingerprint`, of the training pictures.

    Args: test_fraction, share of every class to hold out, by the stream `rng`; None: nothing.
    Raises `DataError` for (unless skipped) broken pictures and shards, and classes without a training picture.
    """
    files = (file for shard in data.shards for file in shard.files())
    key = stamp(files, "images", data.classes, size, skip_unreadable, test_fraction, rng)

    def make(folder: Path) -> dict[str, Any]:
        form, kept = _look(data, size, skip_unreadable)
        labels = data.labels[kept]
        held_out = np.zeros(len(labels), dtype=bool)
        if test_fraction is not None:
            held_out = stratified(labels, test_fraction, rng)
        require_every_class(labels[~held_out], data.classes)
        writing = _Writing(form, labels, held_out)
        groups = np.where(held_out, np.array(len(data.classes), np.uint32), labels)
        positions = arranged(groups, rng.child("order"))
        write_records(folder, writing.dtype, positions, writing.records(_pictures(data, kept)))
        counts = np.bincount(labels[~held_out], minlength=len(data.classes)).tolist()
        return {"counts": counts, "skipped": int((~kept).sum()), **writing.card()}

    return kept_store(key, make)


def _look(data: Labelled, size: int | None, skip: bool) -> tuple[Format, Bool[np.ndarray, " n"]]:
    """The common format, and which pictures can be read."""

    def heads(shard: Shard) -> tuple[Counter[Header | None], bytearray]:
        tally: Counter[Header | None] = Counter()
        flags = bytearray()
        for header in headers(shard.pictures(), skip, whole=skip):
            tally[header] += 1
            flags.append(header is not None)
        return tally, flags

    by_shard = dict(readable(data.shards, heads, skip))
    kept = [
        np.frombuffer(by_shard[shard][1], bool) if shard in by_shard else np.zeros(rows, bool)
        for shard, rows in zip(data.shards, data.rows, strict=True)
    ]
    total = sum((tally for tally, _ in by_shard.values()), Counter())
    return format_of(total, size), np.concatenate(kept)


def _pictures(data: Labelled, kept: Bool[np.ndarray, " n"]) -> Iterator[Encoded]:
    first = 0
    for shard, rows in zip(data.shards, data.rows, strict=True):
        wanted, first = kept[first : first + rows], first + rows
        if wanted.any():
            yield from (picture for picture, want in zip(shard.pictures(), wanted, strict=True) if want)


class _Writing:
    """The second pass: records, and what is measured of the training pictures on the way."""

    def __init__(self, form: Format, labels: Integer[np.ndarray, " n"], held_out: Bool[np.ndarray, " n"]) -> None:
        self._form, self._labels, self._held_out = form, labels, held_out
        shape = (form.height, form.width, form.channels)
        self.dtype = np.dtype([("inputs", np.uint8, shape), ("target", np.int64), ("row", np.int64)])
        self._digest = Digest((int((~held_out).sum()), *shape), np.dtype(np.uint8))
        self._levels = np.zeros((form.channels, 256), dtype=np.int64)

    def records(self, pictures: Iterator[Encoded]) -> Iterator[Records]:
        first = 0
        while items := list(islice(pictures, _PART)):
            rows = np.arange(first, first + len(items))
            records = np.empty(len(items), self.dtype)
            records["inputs"], _ = decode(items, self._form, skip_unreadable=False)
            records["target"], records["row"] = self._labels[rows], rows
            self._measure(records[~self._held_out[rows]])
            yield records
            first += len(items)

    def _measure(self, training: Records) -> None:
        self._digest.add(training["inputs"])
        for channel, levels in enumerate(self._levels):
            levels += np.bincount(training["inputs"][..., channel].ravel(), minlength=256)

    def card(self) -> dict[str, Any]:
        shape = list(self.dtype["inputs"].shape)
        fingerprint = self._digest.record(self._labels[~self._held_out])
        return {"shape": shape, "levels": self._levels.tolist(), "fingerprint": fingerprint}
