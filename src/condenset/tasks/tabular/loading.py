"""Opens a table as a task: a known name, a CSV or Parquet file, or arrays in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from condenset.core.errors import DataError
from condenset.core.process import half_of_memory
from condenset.tasks.footprint import bytes_on_disk
from condenset.tasks.missing import not_there
from condenset.tasks.option import said
from condenset.tasks.reading.npz import input_axes
from condenset.tasks.reading.parquet import parquet_head
from condenset.tasks.reading.shards import train_files
from condenset.tasks.task import Task


def open_table(
    source: str | Path,
    *,
    target: str | None = None,
    kind: str | None = None,
    seed: int = 0,
    test_fraction: float = 0.2,
    test_path: str | Path | None = None,
    drop: Sequence[str] = (),
    skip_unreadable: bool = False,
    memory_limit: int | None = None,
) -> Task:
    """A table as a task.

    Args:
        source: a known name ("adult"); the path of a CSV or Parquet file; a folder of Parquet files, those of its
            split `train`, or all of them where no split has a name; or an NPZ file with X (rows, columns) and
            y (rows,), perhaps of several splits.
        target: column to predict; None: the one of a known table, else a column called target, label, class or y,
            else the last column.
        kind: "classification" or "regression"; None: by the target's values.
        seed: of the stratified split where the data defines no test rows.
        test_fraction: share of the rows held out, in [0, 1).
        test_path: a second file, with the test rows; None: the split `test` (or `validation`) of a folder.
        drop: columns that are no features.
        skip_unreadable: leave out Parquet files that cannot be read, with a warning, instead of raising.
        memory_limit: bytes that the values of Parquet files may take, 8 for each; more are encoded to disk once,
            below CONDENSET_CACHE, and read from there. Default: half of the memory; 0 for disk in any case.

    Raises:
        RequestError: no such table or column; the message names the nearest.
        DataError: the data cannot be used as it is; the message says what to change.
    """
    from condenset.tasks.tabular.assembly import assemble
    from condenset.tasks.tabular.datasets import known
    from condenset.tasks.tabular.shards import parquet_files, sharded_table
    from condenset.tasks.tabular.streaming import stream

    arguments = said(source=source, seed=seed, test_fraction=test_fraction, drop=list(drop))
    arguments |= said(target=target, kind=kind, test_path=test_path)
    tests = None if test_path is None else Path(test_path)
    if str(source) in known() or not parquet_files(Path(source)):
        return assemble(_read(str(source), target, kind, tests), seed, test_fraction, drop, arguments)
    arguments |= {"skip_unreadable": skip_unreadable, "memory_limit": memory_limit}
    table = sharded_table(Path(source), target, kind, tests, skip_unreadable)
    if table.expected_bytes > (half_of_memory() if memory_limit is None else memory_limit):
        return stream(table, seed, test_fraction, drop, arguments)
    return assemble(table.read(), seed, test_fraction, drop, arguments)


def table_from_arrays(
    features: Any,
    targets: Any,
    *,
    kind: str | None = None,
    seed: int = 0,
    test_fraction: float = 0.0,
    name: str = "arrays",
) -> Task:
    """A table that is already in memory as a task; it cannot be opened again, so its source is empty.

    Args:
        features: (rows, columns) array or pandas DataFrame; the columns of an array are called x0, x1, ...
        targets: (rows,) array or pandas Series.
        kind, seed, test_fraction: as for `open_table`; by default every row is for training.
        name: of the task.

    Raises:
        DataError: lengths differ, or the data cannot be used as it is.
    """
    from condenset.tasks.tabular.arrays import table_of
    from condenset.tasks.tabular.assembly import assemble

    return assemble(table_of(features, targets, name, kind), seed, test_fraction, (), {})


def recognise(path: Path) -> bool:
    """Whether a path is a CSV file, an NPZ of rows, or Parquet files of plain columns (images lie in nested ones)."""
    if path.suffix == ".npz" and path.is_file():
        return input_axes(path) == 2
    if path.suffix.lower() in (".csv", ".tsv"):
        return path.is_file()
    import pyarrow as pa

    files = [file for file in train_files(path) if file.suffix.lower() in (".parquet", ".pq")]
    try:
        types = parquet_head(files[0])[0].types if files else []
    except DataError:
        return False
    nested = any(pa.types.is_nested(t) or pa.types.is_binary(t) or pa.types.is_large_binary(t) for t in types)
    return bool(types) and not nested


def _read(source: str, target: str | None, kind: str | None, test_path: Path | None) -> Any:
    from condenset.tasks.reading.table_file import read_file
    from condenset.tasks.tabular.arrays import read_npz
    from condenset.tasks.tabular.datasets import known, read_known
    from condenset.tasks.tabular.raw import RawTable
    from condenset.tasks.tabular.shards import customary_target

    if source in known():
        table = read_known(source)
        if target is not None and target != table.target:
            table = replace(table, target=target, kind=None, why=RawTable.why)
        table = replace(table, kind=kind or table.kind)
    elif Path(source).suffix == ".npz" and Path(source).is_file():
        table = read_npz(Path(source), target, kind)
    elif Path(source).suffix or Path(source).exists():
        frame, digest = read_file(Path(source))
        goal, why = (target, RawTable.why) if target else customary_target(list(frame.columns))
        table = RawTable(Path(source).stem, frame, goal, digest, None, kind, bytes_on_disk([Path(source)]), why)
    else:
        raise not_there("table", source, known())
    return table if test_path is None else replace(table, test=read_file(test_path)[0])
