"""Tables in Parquet files: one, or a folder of shards of the same columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from condenset.core.errors import DataError
from condenset.tasks.footprint import bytes_on_disk
from condenset.tasks.reading.parquet import column_names, parquet_head
from condenset.tasks.reading.shards import check_complete, readable, test_files, train_files
from condenset.tasks.reading.table_file import PARQUET, joint_digest, read_file
from condenset.tasks.tabular.raw import RawTable

_TARGETS = ("target", "label", "class", "y")


@dataclass(frozen=True)
class ShardedTable:
    """Parquet files of the same columns, not yet read.

    Attributes:
        name: of the task.
        files: the shards that can be opened.
        rows: of all of them.
        names: the columns.
        target: the column to predict.
        why, kind: as of `RawTable`.
        test: the test rows, where the data defines them.
        skip: leave out shards that cannot be read.
    """

    name: str
    files: tuple[Path, ...]
    rows: int
    names: tuple[str, ...]
    target: str
    why: str
    kind: str | None
    test: pd.DataFrame | None
    skip: bool

    @property
    def expected_bytes(self) -> int:
        """Bytes of all rows in memory, 8 for each value."""
        return 8 * self.rows * len(self.names)

    def read(self) -> RawTable:
        """All rows in memory. Raises `DataError` for a shard that cannot be read."""
        frame, digest = _read(self.files, self.skip)
        size = bytes_on_disk(self.files)
        return RawTable(self.name, frame, self.target, digest, self.test, self.kind, size, self.why)


def parquet_files(path: Path) -> list[Path]:
    """The Parquet files at a path, to train on; none where it is something else."""
    if path.is_file():
        return [path] if path.suffix.lower() in PARQUET else []
    return train_files(path) if path.is_dir() else []


def sharded_table(
    path: Path, target: str | None, kind: str | None, test_path: Path | None, skip_unreadable: bool
) -> ShardedTable:
    """The table at a path that has `parquet_files`.

    Args: target, None: as `customary_target`; test_path, a file of test rows; None: the split `test` of a folder.
    Raises `DataError` for missing, broken and unlike shards, unless these are skipped.
    """
    files = parquet_files(path)
    check_complete(files, skip_unreadable)
    first: list[str] = []

    def look(file: Path) -> int:
        schema, rows = parquet_head(file)
        names = column_names(schema)
        first[:] = first or names
        if names != first:
            raise DataError(f"{file} has columns {names}, the first shard {first}: make them equal")
        return rows

    counts = dict(readable(files, look, skip_unreadable))
    if not sum(counts.values()):
        raise DataError(f"none of {len(files)} Parquet files such as {files[0]} holds rows")
    tests = test_files(path)
    test = read_file(test_path)[0] if test_path else _read(tests, skip_unreadable)[0] if tests else None
    name = path.stem if path.is_file() else path.resolve().name
    goal = (target, RawTable.why) if target else customary_target(first)
    return ShardedTable(name, tuple(counts), sum(counts.values()), tuple(first), *goal, kind, test, skip_unreadable)


def customary_target(names: Sequence[Any]) -> tuple[str, str]:
    """The column called target, label, class or y, else the last one; and why it is that, in words."""
    named = next((name for name in _TARGETS if name in names), None)
    if named is not None:
        return named, "for its name, since none was named"
    return names[-1], f"the last column, since none was named and none is called {', '.join(_TARGETS)}"


def _read(files: Sequence[Path], skip_unreadable: bool) -> tuple[pd.DataFrame, str]:
    tables = [read for _, read in readable(files, read_file, skip_unreadable)]
    if not tables:
        raise DataError(f"none of {len(files)} Parquet files such as {files[0]} can be read")
    frames, digests = zip(*tables, strict=True)
    return pd.concat(frames, ignore_index=True), joint_digest(digests)
