"""Encoded pictures in shards: Parquet files, tar files, class folders. Labels are read at once, pictures in passes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Integer, UInt8

from condenset.core.errors import DataError
from condenset.tasks.footprint import bytes_on_disk
from condenset.tasks.pictures.arrays import as_labels
from condenset.tasks.pictures.cache import cached_array, files_key
from condenset.tasks.pictures.decoding import Encoded, Format, Header, common_format, decode, format_of, headers
from condenset.tasks.pictures.examples import Examples, ImageData, as_classes, as_indices
from condenset.tasks.reading.shards import readable


@runtime_checkable
class Shard(Protocol):
    """A part of a split. Both readers raise `DataError` naming the shard where it is broken."""

    @property
    def name(self) -> str:
        """What messages call it: its path."""

    def files(self) -> Iterator[Path]:
        """What it is stored in."""

    def labels(self) -> np.ndarray:
        """Integers or text of shape (rows,), as they are stored."""

    def pictures(self) -> Iterator[Encoded]:
        """Its pictures, in the order of the labels."""


@dataclass(frozen=True)
class PathShard:
    """A shard that is a file.

    Attributes:
        path: the file.
    """

    path: Path

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    def files(self) -> Iterator[Path]:
        """The file."""
        yield self.path


@dataclass(frozen=True)
class Sharded:
    """Encoded pictures as a reader found them.

    Attributes:
        name: as of `ImageData`.
        train, test: the shards; no `test` where the data has no split of its own.
        classes: class names by index; None: the label values.
    """

    name: str
    train: tuple[Shard, ...]
    test: tuple[Shard, ...] = ()
    classes: tuple[str, ...] | None = None

    @property
    def bytes_on_disk(self) -> int:
        """Of the files to train on."""
        return bytes_on_disk(file for shard in self.train for file in shard.files())


@dataclass(frozen=True)
class Labelled:
    """A split whose labels are read, in the smallest integers that hold them.

    Attributes:
        shards: those that could be read.
        classes: class names in the order of their indices.
        labels: (n,) class indices.
        rows: of each shard.
    """

    shards: tuple[Shard, ...]
    classes: tuple[str, ...]
    labels: Integer[np.ndarray, " n"]
    rows: tuple[int, ...]

    def expected_bytes(self, size: int | None, skip_unreadable: bool) -> int:
        """Bytes of all pictures as networks see them, float32, going by the shape of the first one that can be read.

        Raises `DataError` where none can be read, or (unless skipped) the first shard is broken.
        """
        form = format_of([self.first(skip_unreadable)], size)
        return 4 * form.height * form.width * form.channels * len(self.labels)

    def first(self, skip_unreadable: bool) -> Header | None:
        """The head of the first picture that can be read. Raises `DataError` for (unless skipped) a broken shard."""
        firsts = readable(self.shards, _first_header, skip_unreadable)
        return next((header for _, header in firsts if header is not None), None)

    def examples(self, size: int | None, form: Format | None, skip: bool) -> tuple[Examples, Format]:
        """The split decoded to `form`, or to the format that suits it, which is returned as well.

        Images are (n, height, width, channels) uint8.
        """
        kept = np.arange(len(self.labels))

        def make() -> UInt8[np.ndarray, "n height width channels"]:
            nonlocal kept
            items = self._items(skip)
            pixels, kept = decode(items, form or common_format(items, size, skip), skip)
            return pixels

        files = [file for shard in self.shards for file in shard.files()]
        pixels = cached_array(files_key(files, "decoded", size, form), len(self.labels), make)
        return Examples(pixels, self.labels[kept].astype(np.int64)), Format(*pixels.shape[1:])

    def _items(self, skip: bool) -> list[Encoded]:
        items: list[Encoded] = []
        for shard, rows in zip(self.shards, self.rows, strict=True):
            held = [pictures for _, pictures in readable([shard], lambda shard: list(shard.pictures()), skip)]
            items += held[0] if held else [Encoded(shard.name, b"")] * rows
        return items


def _first_header(shard: Shard) -> Header | None:
    return next(filter(None, headers(shard.pictures(), skip_unreadable=True)), None)


def labelled(shards: Sequence[Shard], classes: tuple[str, ...] | None, skip_unreadable: bool) -> Labelled:
    """Reads the labels of a split.

    Args: classes, names by index; None: the label values are the classes.
    Raises `DataError` for broken shards (unless skipped) and labels that cannot be used.
    """
    known: dict[Any, int] = {}
    codes: list[np.ndarray] = []
    kept: list[Shard] = []
    for shard, raw in readable(shards, lambda shard: shard.labels(), skip_unreadable):
        values, inverse = np.unique(as_labels(raw, len(raw), f"{shard.name}: labels"), return_inverse=True)
        codes.append(np.array([known.setdefault(v, len(known)) for v in values.tolist()], np.uint32)[inverse])
        kept.append(shard)
    if not known:
        raise DataError(f"none of the shards {[shard.name for shard in shards][:5]} holds a labelled image")
    where, labels = f"{kept[0].name}: labels", np.array(list(known))
    names = classes or as_classes(labels, None, where)
    places = as_indices(labels, names, where).astype(np.min_scalar_type(len(names)))
    return Labelled(tuple(kept), names, places[np.concatenate(codes)], tuple(map(len, codes)))


def decoded(data: Sharded, size: int | None, skip_unreadable: bool) -> ImageData:
    """All of it in memory, images (n, height, width, channels). Decoded pixels are cached by file content.

    Raises `DataError` for labels that cannot be used and (unless skipped) broken shards and pictures.
    """
    train = labelled(data.train, data.classes, skip_unreadable)
    examples, form = train.examples(size, None, skip_unreadable)
    test = partial(open_split, data.test, train.classes, form, skip_unreadable) if data.test else None
    skipped, first = len(train.labels) - len(examples.labels), train.first(skip_unreadable)
    original = None if first is None else (first.width, first.height)
    files = data.bytes_on_disk
    return ImageData(data.name, train.classes, examples, test, skipped=skipped, files=files, original=original)


def open_split(shards: Sequence[Shard], classes: tuple[str, ...], form: Format, skip_unreadable: bool) -> Examples:
    """A split in memory, images (n, height, width, channels), with the classes and format of the training data."""
    return labelled(shards, classes, skip_unreadable).examples(None, form, skip_unreadable)[0]
