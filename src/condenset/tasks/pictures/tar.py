"""Tar shards as WebDataset writes them: `key.jpg` (or another picture) beside `key.cls`, its label as text."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from condenset.core.errors import DataError
from condenset.core.untrusted_file import limits, open_regular
from condenset.tasks.pictures.decoding import Encoded
from condenset.tasks.pictures.folder import SUFFIXES
from condenset.tasks.pictures.shards import PathShard, Sharded
from condenset.tasks.reading.shards import check_complete, test_files, train_files

_LONGEST = 4096  # bytes of a label
_DIGITS = 18  # that any whole number of 64 bits has
_PART = 2**20  # bytes behind the end, which is filled up with zeros


def looks_like_tar_images(path: Path) -> bool:
    """Whether the first tar file at a path begins with a picture and its label."""
    files = train_files(path, ".tar")
    try:
        return bool(files) and next(_samples(files[0]), None) is not None
    except DataError:
        return False


def read_tar(path: Path, skip_unreadable: bool) -> Sharded:
    """A folder of tar files, by splits as Parquet files are, or a single one. The label values are the classes.

    Raises `DataError` where there is none and (unless skipped) where a numbered one is missing.
    """
    files, held_out = train_files(path, ".tar"), test_files(path, ".tar")
    if not files:
        raise DataError(f"{path} holds no train-*.tar: expected tar files of pictures and labels (key.jpg, key.cls)")
    for paths in (files, held_out):
        check_complete(paths, skip_unreadable)
    name = path.stem if path.is_file() else path.resolve().name
    return Sharded(name, tuple(map(TarShard, files)), tuple(map(TarShard, held_out)))


@dataclass(frozen=True)
class TarShard(PathShard):
    """A tar file."""

    def labels(self) -> np.ndarray:
        """What the `.cls` files hold: integers where all are whole numbers, else text."""
        texts = np.array([_text(archive, label) for archive, _, label in _samples(self.path)])
        if not len(texts):
            raise DataError(f"{self.path} holds no picture with its label: expected pairs of key.jpg and key.cls")
        whole = all(text.isascii() and text.isdigit() and len(text) <= _DIGITS for text in texts)
        return texts.astype(np.int64) if whole else texts

    def pictures(self) -> Iterator[Encoded]:
        """The pictures that have a label."""
        for archive, picture, _ in _samples(self.path):
            yield Encoded(f"{self.path}, {picture.name}", _content(archive, picture, limits().bytes))


def _samples(path: Path) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo, tarfile.TarInfo]]:
    """Pictures and labels of one key, which lie side by side; only their heads are read."""
    try:
        with open_regular(path) as file, tarfile.open(fileobj=file, mode="r:") as archive:
            key, picture, label = "", None, None
            while (member := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # it would keep the heads of all files
                folder, _, leaf = member.name.rpartition("/")
                stem, _, kind = leaf.partition(".")
                if key != f"{folder}/{stem}":
                    key, picture, label = f"{folder}/{stem}", None, None
                picture = member if f".{kind.lower()}" in SUFFIXES else picture
                label = member if kind == "cls" else label
                if picture is not None and label is not None:
                    yield archive, picture, label
                    picture, label = None, None
            _check_end(archive)
    except (tarfile.TarError, OSError, EOFError, UnicodeDecodeError, MemoryError) as error:
        raise DataError(
            f"{path} cannot be read as tar ({error}): pack it again, or leave it out with --skip-unreadable"
        ) from error


def _check_end(archive: tarfile.TarFile) -> None:
    """The module takes a head of zeros for the end, and a file that ends within a head for a whole one."""
    assert archive.fileobj is not None
    archive.fileobj.seek(archive.offset)
    rest = archive.fileobj.read(_PART + 1)
    if len(rest) < tarfile.BLOCKSIZE:
        raise tarfile.ReadError("it is cut short")
    if rest.count(0) != len(rest) or len(rest) > _PART:  # no writer fills up more than that
        raise tarfile.ReadError(f"it ends at byte {archive.offset}, and more lies behind that: a head is zeroed")


def _text(archive: tarfile.TarFile, label: tarfile.TarInfo) -> str:
    try:
        return _content(archive, label, _LONGEST).decode().strip()
    except UnicodeDecodeError as error:
        raise DataError(f"{archive.name!s}, {label.name} is no label ({error}): expected a class as text") from error


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo, most: int) -> bytes:
    """Of a plain file: one with holes may claim to be of any size. Args: most, bytes."""
    where = f"{archive.name!s}, {member.name}"
    if not member.isreg() or member.issparse() or member.size > most:
        raise DataError(f"{where} is no plain file of at most {most:,} bytes: pack it again")
    stream = archive.extractfile(member)
    content = b"" if stream is None else stream.read()
    if len(content) != member.size:
        raise DataError(f"{where} is cut short: pack it again")
    return content
