"""Tables that are already in memory: NumPy arrays and pandas objects."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from condenset.core.errors import DataError, RequestError
from condenset.tasks.reading.npz import read_splits
from condenset.tasks.reading.table_file import check_names, checked, frame_hash
from condenset.tasks.tabular.raw import RawTable
from condenset.tasks.tabular.shards import customary_target


def raw_table(thing: Any, target: str | None, name: str, kind: str | None) -> RawTable:
    """A table of a frame, one of whose columns is the target, or of a pair of features and targets, as `table_of`.

    Args: target, the column; None: the customary one. Raises `DataError` as `table_of`, and for an empty frame;
    `RequestError` for a column beside a pair.
    """
    if isinstance(thing, pd.DataFrame):
        frame = checked(thing, name)
        goal, why = (target, RawTable.why) if target else customary_target(list(frame.columns))
        return RawTable(name, frame, goal, frame_hash(frame), kind=kind, why=why)
    if target is not None:
        raise RequestError(f"target {target!r} names a column, and (X, y) says the target already: leave it out")
    return table_of(thing[0], thing[1], name, kind)


def read_npz(path: Path, target: str | None, kind: str | None) -> RawTable:
    """The table of an NPZ file with features (rows, columns) and targets (rows,). Raises as `raw_table`."""
    found = read_splits(path)
    table = raw_table(found.train, target, path.stem, kind)
    test, validation = (None if pair is None else test_rows(pair, table) for pair in (found.test, found.validation))
    return replace(table, test=test, validation=validation, files=found.files)


def test_rows(thing: Any, table: RawTable) -> pd.DataFrame:
    """Rows to test on, of a frame or a pair as those of the table, with its target called alike."""
    if isinstance(thing, pd.DataFrame):
        return checked(thing, f"{table.name}: test")
    other = table_of(thing[0], thing[1], table.name, table.kind)
    return other.frame.rename(columns={other.target: table.target})


def table_of(features: Any, targets: Any, name: str, kind: str | None) -> RawTable:
    """Features (rows, columns) and targets (rows,) as one table.

    Raises `DataError` where the shapes are not these, the lengths differ, or a column name occurs twice.
    """
    frame = _features(features)
    values = targets if isinstance(targets, pd.Series) else np.asarray(targets)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1 or len(values) != len(frame):
        raise DataError(f"targets have shape {values.shape} beside {len(frame)} rows: expected one target for each row")
    if not len(frame):
        raise DataError("the table has 0 rows: expected at least one")
    label = _free_name(str(getattr(targets, "name", None) or "target"), frame)
    frame = frame.assign(**{label: pd.Series(values).reset_index(drop=True)})
    return RawTable(name, frame, label, frame_hash(frame), kind=kind, why="given beside the features")


def _features(features: Any) -> pd.DataFrame:
    if isinstance(features, pd.DataFrame):
        frame = features.rename(columns=str).reset_index(drop=True)
        check_names(frame)
        return frame
    array = np.asarray(features)
    if array.ndim != 2:
        raise DataError(f"features have shape {array.shape}: expected (rows, columns)")
    return pd.DataFrame(array, columns=[f"x{index}" for index in range(array.shape[1])])


def _free_name(name: str, frame: pd.DataFrame) -> str:
    return _free_name(f"{name}_", frame) if name in frame.columns else name
