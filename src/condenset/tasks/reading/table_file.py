"""Tables from files: CSV and Parquet, with an error for what no table can be made of."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from condenset.core.errors import DataError
from condenset.tasks.reading.csv_file import check_numbers, content_of, delimiter_of, first_line, read_csv

PARQUET = (".parquet", ".pq")


def read_file(path: Path, names: Sequence[str] = ()) -> tuple[pd.DataFrame, str]:
    """A CSV or Parquet file and the SHA-256 of its bytes.

    In a CSV the delimiter is the one of , ; tab | that the first line has most of, blanks after it are stripped,
    `?` and pandas' usual words are missing values. A first line of numbers alone, or with a decimal fraction, is
    data: the columns are then called column_1, column_2, ...

    Args:
        names: column names of a file that has no header line.

    Raises:
        DataError: the file is absent, empty, unreadable, or has two columns of one name; as of `read_csv`.
    """
    content = content_of(path, "CSV or Parquet file", "a header line and rows")
    try:
        if path.suffix.lower() in PARQUET:
            frame = pd.read_parquet(io.BytesIO(content))
        else:
            frame = _read_csv(content, path.name, names)
    except (ValueError, OSError, csv.Error, LookupError, TypeError, AttributeError) as error:  # in a Parquet's own JSON
        raise DataError(f"{path.name} cannot be read: {error}; expected a CSV (UTF-8) or Parquet table") from error
    return checked(frame, path.name), hashlib.sha256(content).hexdigest()


def checked(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """The table, its columns called by text and its rows counted from 0.

    Raises `DataError` where it is empty or two columns have one name. Args: name, what messages call it.
    """
    frame = frame.rename(columns=str)
    check_names(frame)
    if frame.empty:
        raise DataError(f"{name} has {len(frame)} rows and {frame.shape[1]} columns: expected at least one of each")
    return frame.reset_index(drop=True)


def joint_digest(digests: Sequence[str]) -> str:
    """One SHA-256, hex, for those of several files; that of a single file is its own."""
    return digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()


def frame_hash(frame: pd.DataFrame) -> str:
    """SHA-256, hex, over a table's column names and values, whatever its index."""
    digest = hashlib.sha256("\n".join(map(str, frame.columns)).encode())
    try:
        values = pd.util.hash_pandas_object(frame, index=False)
    except TypeError:  # of lists and the like, which are hashed by their text
        values = pd.util.hash_pandas_object(frame.astype(str), index=False)
    digest.update(values.to_numpy().tobytes())
    return digest.hexdigest()


def check_names(frame: pd.DataFrame) -> None:
    """Raises `DataError` naming the columns that occur twice."""
    repeated = sorted({str(name) for name in frame.columns[frame.columns.duplicated()]})
    if repeated:
        raise DataError(f"columns {', '.join(map(repr, repeated))} occur more than once: give each column its own name")


def check_finite(frame: pd.DataFrame, where: str) -> None:
    """Raises `DataError` naming the columns that hold infinite numbers. Args: where, what the rows are called."""
    numbers = frame.select_dtypes("number")
    counts = {str(name): int(np.isinf(numbers[name].to_numpy(float, na_value=np.nan)).sum()) for name in numbers}
    infinite = [f"{name!r} ({count})" for name, count in counts.items() if count]
    if infinite:
        raise DataError(f"infinite values in {where}, column {', '.join(infinite)}: replace them or leave them missing")


def _read_csv(content: bytes, name: str, names: Sequence[str]) -> pd.DataFrame:
    line = first_line(content).strip()
    first = next(csv.reader([line], delimiter=delimiter_of(line)))
    if not names and (all(map(_is_number, first)) or any("." in cell and _is_number(cell) for cell in first)):
        names = [f"column_{index + 1}" for index in range(len(first))]
    if not names:
        check_names(pd.DataFrame(columns=pd.Index([name.strip() for name in first])))
    frame = read_csv(content, name, header=None if names else 0, names=list(names) or None, na_values="?")
    check_numbers(frame, name)
    return frame.rename(columns=lambda name: str(name).strip())


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
