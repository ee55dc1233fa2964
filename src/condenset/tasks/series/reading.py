"""A series from a CSV or Parquet file, with an error for what no series can be made of."""

from __future__ import annotations

import csv
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float

from condenset.core.errors import DataError, RequestError, UnknownNameError
from condenset.tasks.footprint import bytes_on_disk
from condenset.tasks.reading.csv_file import first_lines, read_csv
from condenset.tasks.reading.table_file import read_file

_HEAD = 65536  # bytes that tell whether a file holds a series


@dataclass(frozen=True)
class RawSeries:
    """A series before anything is decided about it.

    Attributes:
        name: of the task.
        channels: names of the columns.
        values: a row for every step, finite.
        times: name of the column of times; empty where there is none.
        files: bytes of the file; None: of none.
    """

    name: str
    channels: tuple[str, ...]
    values: Float[np.ndarray, "rows channels"]
    times: str = ""
    files: int | None = None


def read_series(path: Path, time_column: str | None, drop: Sequence[str]) -> RawSeries:
    """A series at equal steps.

    Args: time_column, of the times (dates, or numbers that count steps); None: the first that holds dates; drop,
    columns that are no channels.
    Raises `DataError` for a file that is no table or has no time column, for times that are unreadable, out of order,
    repeated or at unequal steps, and for values that are no finite numbers; `UnknownNameError` for a column.
    """
    raw = series_of(read_file(path)[0], path.name, time_column, drop)
    return replace(raw, name=path.stem, files=bytes_on_disk([path]))


def read_numbers(path: Path, channels: Sequence[str], time_column: str | None, drop: Sequence[str]) -> RawSeries:
    """A series at equal steps in a file of numbers between commas, gzipped or not, that has neither a head nor times.

    Args: channels, names of the columns; time_column, None; drop, channels that are left out.
    Raises `RequestError` for a column of times, `UnknownNameError` for a channel, `DataError` for another number of
    columns and what is no number.
    """
    if time_column is not None:
        raise RequestError(f"{path.name} holds no times: leave time_column out, its rows are at equal steps")
    for column in drop:
        if column not in channels:
            raise UnknownNameError("column to drop", column, channels)
    try:
        values = np.loadtxt(path, delimiter=",", ndmin=2)
    except (ValueError, OSError, EOFError) as error:
        raise DataError(f"{path.name} cannot be read as numbers ({error}): download it again") from error
    if values.shape[1] != len(channels):
        raise DataError(f"{path.name} has {values.shape[1]} columns, {len(channels)} expected: download it again")
    kept = [index for index, channel in enumerate(channels) if channel not in drop]
    return RawSeries(path.stem, tuple(channels[index] for index in kept), values[:, kept], files=bytes_on_disk([path]))


def series_of(frame: pd.DataFrame, name: str, time_column: str | None, drop: Sequence[str]) -> RawSeries:
    """A series at equal steps in a table. Arguments and errors as of `read_series`; name, what messages call it."""
    for noun, wanted in (("time column", [time_column]), ("column to drop", drop)):
        for column in wanted:
            if column is not None and column not in frame.columns:
                raise UnknownNameError(noun, column, frame.columns)
    times = time_column or first_time_column(frame.drop(columns=list(drop)))
    if times is None:
        names = ", ".join(map(repr, frame.columns))
        raise DataError(f"{name} has no time column: none of {names} holds dates; name one with time_column")
    check_steps(_parsed(frame[times]), times)
    values = frame.drop(columns=[times, *(column for column in drop if column != times)])
    if values.shape[1] == 0:
        raise DataError(f"{name} has no column beside the times {times!r}: expected numbers to forecast")
    numbers = np.stack([_numbers(values[column], frame[times]) for column in values], axis=1)
    return RawSeries(name, tuple(values.columns), numbers, times)


def looks_like_series(path: Path) -> bool:
    """Whether a CSV has a column of times, mostly at one step, and beside it numbers alone. Reads the first rows."""
    try:
        frame = read_csv(first_lines(path, _HEAD), path.name)
    except (OSError, ValueError, csv.Error, DataError):  # of pandas' own kinds, too
        return False
    times = first_time_column(frame)
    if times is None or len(frame) < 3:
        return False
    values, steps = frame.drop(columns=times), np.diff(_dates(frame[times]).to_numpy("int64"))
    usual = steps[steps > 0]
    often = len(usual) and np.unique(usual, return_counts=True)[1].max() > len(steps) / 2
    return bool(often) and values.shape[1] > 0 and all(pd.api.types.is_numeric_dtype(kind) for kind in values.dtypes)


def first_time_column(frame: pd.DataFrame) -> str | None:
    """The first column most of whose values are dates; None where there is none. Numbers are no dates."""
    for name in frame:
        column = frame[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            return str(name)
        if pd.api.types.is_numeric_dtype(column) or len(column) == 0:
            continue
        if _dates(column).notna().mean() > 0.5:
            return str(name)
    return None


def check_steps(times: pd.Series, name: str) -> None:
    """Raises `DataError` where times, datetimes or numbers (rows,), are out of order, repeated or at unequal steps.

    Steps of the calendar (months, working days) count as equal.
    """
    numbers = times.to_numpy("int64" if pd.api.types.is_datetime64_any_dtype(times) else "float64")
    steps = np.diff(numbers)
    if len(steps) == 0:
        raise DataError(f"column {name!r} has {len(times)} time: expected a series of many rows")
    for wrong, what, mend in (
        (steps < 0, "comes after", "sort the rows by time"),
        (steps == 0, "is repeated after", "keep one row for each time"),
    ):
        if wrong.any():
            row = int(wrong.argmax())
            raise DataError(
                f"{name} {times.iloc[row + 1]} in row {row + 2} {what} {times.iloc[row]} in row {row + 1}: {mend}"
            )
    found, counts = np.unique(steps, return_counts=True)
    usual = found[counts.argmax()]
    odd = ~np.isclose(steps, usual, rtol=1e-6, atol=0)
    if not odd.any() or _of_calendar(times):
        return
    row = int(odd.argmax())
    raise DataError(
        f"{name} has unequal steps: {times.iloc[row]} in row {row + 1} is followed by {times.iloc[row + 1]}, and "
        f"{int(odd.sum())} of {len(steps)} steps differ from the usual one: fill the gaps, or bring the series to "
        "equal steps"
    )


def _of_calendar(times: pd.Series) -> bool:
    if not pd.api.types.is_datetime64_any_dtype(times) or len(times) < 3:
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it will return another type
        return pd.infer_freq(pd.DatetimeIndex(times)) is not None


def _dates(column: pd.Series) -> pd.Series:
    """Text as dates without a zone, NaT for what is none.

    The year stands first, or the day, as 1.3.2024 is written; 1/3/2024 is that of both days that makes steps more even.
    """
    first = str(column.iloc[0]) if len(column) else ""
    orders = (False,) if re.match(r"\d{4}", first) else (True,) if re.match(r"\d+\.\d+\.", first) else (False, True)
    return max((_dated(column, day_first) for day_first in orders), key=_evenness)


def _dated(column: pd.Series, day_first: bool) -> pd.Series:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it had to guess the form
        return pd.to_datetime(column, errors="coerce", utc=True, dayfirst=day_first).dt.tz_localize(None)


def _evenness(dates: pd.Series) -> tuple[int, int]:
    """How many are dates, and how many steps between them are the usual one."""
    steps = np.diff(dates.dropna().to_numpy("int64"))
    return int(dates.notna().sum()), int(np.unique(steps, return_counts=True)[1].max(initial=0))


def _parsed(column: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column):
        times = column
    else:
        times = _dates(column)
    if times.isna().any():
        row = int(times.isna().to_numpy().argmax())
        raise DataError(f"{column.name} {column.iloc[row]!r} in row {row + 1} is no time: correct it or cut the row")
    return times


def _numbers(column: pd.Series, times: pd.Series) -> Float[np.ndarray, " rows"]:
    values = pd.to_numeric(column, errors="coerce").astype("float64")
    text = (values.isna() & column.notna()).to_numpy()
    if text.any():
        row = int(text.argmax())
        raise DataError(
            f"column {column.name!r} holds {column.iloc[row]!r} in row {row + 1}: a channel is numbers; correct it, or "
            "leave the column out with --drop"
        )
    bad = ~np.isfinite(values.to_numpy())
    if bad.any():
        raise DataError(
            f"column {column.name!r} has no finite value in {int(bad.sum())} of {len(bad)} rows, first at "
            f"{times.iloc[int(bad.argmax())]}: fill the gaps"
        )
    return values.to_numpy()
