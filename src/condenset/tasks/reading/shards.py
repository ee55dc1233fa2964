"""Data in several files: which files belong to a split, and what happens when one of them is missing or broken."""

from __future__ import annotations

import hashlib
import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from condenset.core.errors import DataError
from condenset.core.untrusted_file import is_regular

T = TypeVar("T")
S = TypeVar("S")

TEST_SPLITS = ("test", "validation", "valid", "val")
_NUMBERED = re.compile(r"(.*)-(\d+)-of-(\d+)(\.\w+)")


def split_files(folder: Path, split: str, suffix: str = ".parquet") -> list[Path]:
    """Sorted files of one split: `train-*` directly in the folder or in its `data`, or all in its folder `train`."""
    patterns = (f"{split}-*{suffix}", f"{split}{suffix}", f"data/{split}-*{suffix}", f"{split}/*{suffix}")
    return next((files for pattern in patterns if (files := sorted(folder.glob(pattern)))), [])


def train_files(path: Path, suffix: str = ".parquet") -> list[Path]:
    """The files to train on: the path itself, its split `train`, or all its files where no split has a name."""
    if path.is_file():
        return [path]
    named = any(split_files(path, split, suffix) for split in TEST_SPLITS)
    return split_files(path, "train", suffix) or ([] if named else sorted(path.glob(f"*{suffix}")))


def test_files(path: Path, suffix: str = ".parquet") -> list[Path]:
    """The files of the first of the splits test, validation, valid and val that there is; none beside a single file."""
    if path.is_file():
        return []
    return next((files for split in TEST_SPLITS if (files := split_files(path, split, suffix))), [])


def check_complete(files: Sequence[Path], skip_unreadable: bool) -> None:
    """Raises `DataError` naming the shards that `name-00001-of-00003` says are missing; a warning where skipped."""
    matches = [match for file in files if (match := _NUMBERED.fullmatch(file.name))]
    names = {file.name for file in files}
    wanted = {f"{m[1]}-{number:0{len(m[2])}}-of-{m[3]}{m[4]}" for m in matches for number in range(int(m[3]))}
    missing = sorted(wanted - names)
    if missing:
        _leave_out(DataError(
            f"{files[0].parent} lacks {', '.join(missing[:5])} ({len(missing)} of {len(wanted)} shards): download them "
            f"again, or leave it out with --skip-unreadable"
        ), skip_unreadable)  # fmt: skip


def readable(shards: Iterable[S], read: Callable[[S], T], skip_unreadable: bool) -> Iterator[tuple[S, T]]:
    """Each shard with what was read of it.

    Args: read, raises a `DataError` that names the shard where it is broken; with `skip_unreadable` such a shard is
    left out with a warning.
    """
    for shard in shards:
        try:
            content = read(shard)
        except DataError as error:
            _leave_out(error, skip_unreadable)
        else:
            yield shard, content


def stamp(files: Iterable[Path], *parts: object) -> str:
    """A key, 32 hex digits, that changes with names, sizes and times of the files, and with the further parts."""
    digest = hashlib.sha256(repr(parts).encode())
    for file in files:
        status = file.stat() if is_regular(file) else file.lstat()
        digest.update(f"{os.path.realpath(file)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:32]


def _leave_out(error: DataError, skip: bool) -> None:
    if not skip:
        raise error
    warnings.warn(f"skipped a shard: {error}", stacklevel=3)
