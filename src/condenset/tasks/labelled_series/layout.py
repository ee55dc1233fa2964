"""Labelled series in a table: a row for each, as the UCR archive writes them, or a row for each step (long form)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float

from condenset.core.errors import DataError, RequestError, UnknownNameError
from condenset.tasks.labelled_series.raw import Part, channel_names, expect_usable

RAGGED = "say so with --ragged (in Python ragged=True)"


@dataclass(frozen=True)
class Layout:
    """How a table holds series.

    Attributes:
        target: column of the label; None: the first one.
        series: column that says which series a row is a step of; None: a row is a whole series of one channel.
        time: column of the times in the long form, which must grow within a series; None: rows are in order.
        ragged: whether series may differ in length; in rows, what follows the last number of a series is then empty.
    """

    target: str | None = None
    series: str | None = None
    time: str | None = None
    ragged: bool = False


def series_of(frame: pd.DataFrame, called: str, layout: Layout) -> tuple[Part, tuple[str, ...]]:
    """Series (channels, steps) with labels, and the names of the channels.

    Args: called, what messages call the table. Raises `DataError` for what no series can be made of, `UnknownNameError`
    for a column, `RequestError` for a long form whose label is not named.
    """
    for name in filter(None, (layout.target, layout.series, layout.time)):
        if name not in frame.columns:
            raise UnknownNameError("column", name, frame.columns)
    if layout.series is None:
        if layout.time is not None:
            raise RequestError("a column of times goes with --series-column: rows are then steps")
        return expect_usable(_rows(frame, called, layout), called, layout.ragged, RAGGED), channel_names(1)
    if layout.target is None:
        raise RequestError("of rows that are steps, --target says which column has the label (in Python target=)")
    part, names = _steps(frame, called, layout, layout.target)
    return expect_usable(part, called, layout.ragged, RAGGED), names


def _rows(frame: pd.DataFrame, called: str, layout: Layout) -> Part:
    label = frame.columns[0] if layout.target is None else layout.target
    values = _numbers(frame.drop(columns=label), called)
    rows = [row[: _end(row)] if layout.ragged else row for row in values]
    return Part(tuple(row[None] for row in rows), frame[label].reset_index(drop=True))


def _end(row: Float[np.ndarray, " steps"]) -> int:
    """The place after the last number."""
    there = np.flatnonzero(np.isfinite(row))
    return int(there[-1]) + 1 if len(there) else 0


def _steps(frame: pd.DataFrame, called: str, layout: Layout, target: str) -> tuple[Part, tuple[str, ...]]:
    own = [name for name in (layout.series, layout.time, target) if name is not None]
    if len(set(own)) < len(own):
        raise RequestError(f"columns {own} of the series, the times and the label: each is another one")
    channels = frame.drop(columns=own)
    values = _numbers(channels, called)
    series, labels = [], []
    for name, rows in frame.groupby(layout.series, sort=False).indices.items():
        told = frame[target].iloc[rows]
        if told.nunique(dropna=False) > 1:
            raise DataError(
                f"series {name!r} of {called} has labels {sorted(map(str, told.unique()))[:4]}: expected one"
            )
        if layout.time is not None:
            _expect_growing(frame[layout.time].iloc[rows], str(name), called)
        series.append(values[rows].T)
        labels.append(told.iloc[0])
    return Part(tuple(series), pd.Series(labels, name=target)), tuple(map(str, channels.columns))


def _expect_growing(times: pd.Series, series: str, called: str) -> None:
    if not (times.is_monotonic_increasing and times.is_unique):
        raise DataError(
            f"times {times.name!r} of series {series!r} of {called} do not grow from row to row: sort the rows by "
            "time, and keep one for each time"
        )


def _numbers(frame: pd.DataFrame, called: str) -> Float[np.ndarray, "rows columns"]:
    if frame.shape[1] == 0:
        raise DataError(f"{called} has no column of values beside the label: expected one or more")
    text = _first_text(frame)
    if text is not None:
        column, row = text
        raise DataError(
            f"column {column!r} of {called} holds {frame[column].iloc[row]!r} in row {row + 1}: expected numbers; name "
            "the label with --target, and the series that rows are steps of with --series-column"
        )
    return frame.to_numpy(dtype="float64", na_value=np.nan)


def _first_text(frame: pd.DataFrame) -> tuple[str, int] | None:
    for name in frame.select_dtypes(exclude="number"):
        bad = (pd.to_numeric(frame[name], errors="coerce").isna() & frame[name].notna()).to_numpy()
        if bad.any() or frame[name].dtype == bool:
            return str(name), int(bad.argmax())
    return None
