"""Opens a table as a task: a known name, a CSV or Parquet file, or arrays in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from condenset.core.errors import UnknownNameError
from condenset.tasks.task import Task

_SUFFIXES = (".csv", ".tsv", ".parquet", ".pq")
_CUSTOMARY = ("target", "label", "class", "y")


def open_table(
    source: str | Path,
    *,
    target: str | None = None,
    kind: str | None = None,
    seed: int = 0,
    test_fraction: float = 0.2,
    test_path: str | Path | None = None,
    drop: Sequence[str] = (),
) -> Task:
    """A table as a task.

    Args:
        source: a known name ("adult") or the path of a CSV or Parquet file.
        target: column to predict; None: the one of a known table, else a column called target, label, class or y,
            else the last column.
        kind: "classification" or "regression"; None: by the target's values.
        seed: of the stratified split where the data defines no test rows.
        test_fraction: share of the rows held out, in [0, 1).
        test_path: a second file, with the test rows.
        drop: columns that are no features.

    Raises:
        UnknownNameError: no such table or column; the message names the nearest.
        DataError: the data cannot be used as it is; the message says what to change.
    """
    from condenset.tasks.tabular.assembly import assemble

    table = _read(str(source), target, kind, test_path)
    optional = {"target": target, "kind": kind, "test_path": None if test_path is None else str(test_path)}
    given = {name: value for name, value in optional.items() if value is not None}
    arguments = {"source": str(source), "seed": seed, "test_fraction": test_fraction, "drop": list(drop), **given}
    return assemble(table, seed, test_fraction, drop, arguments)


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
    """Whether a path is a CSV file, or a Parquet file of plain columns (images lie in nested ones)."""
    if not path.is_file() or path.suffix.lower() not in _SUFFIXES:
        return False
    if path.suffix.lower() in (".csv", ".tsv"):
        return True
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        types = pq.read_schema(path).types
    except (pa.ArrowInvalid, OSError):
        return False
    return not any(pa.types.is_nested(t) or pa.types.is_binary(t) or pa.types.is_large_binary(t) for t in types)


def _read(source: str, target: str | None, kind: str | None, test_path: str | Path | None) -> Any:
    from condenset.tasks.tabular.datasets import known, read_known
    from condenset.tasks.tabular.reading import RawTable, read_file

    if source in known():
        table = read_known(source)
        own = target is None or target == table.target
        table = replace(table, target=target or table.target, kind=kind or (table.kind if own else None))
    elif Path(source).suffix or Path(source).exists():
        frame, digest = read_file(Path(source))
        names = list(frame.columns)
        target = target or next((name for name in _CUSTOMARY if name in names), names[-1])
        table = RawTable(Path(source).stem, frame, target, digest, kind=kind)
    else:
        raise UnknownNameError("table", source, known())
    return table if test_path is None else replace(table, test=read_file(Path(test_path))[0])
