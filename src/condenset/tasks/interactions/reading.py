"""Interactions from files: a row for every time a user took an item, with names as they are written."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from condenset.core.errors import DataError, RequestError
from condenset.tasks.interactions.header import column_of
from condenset.tasks.reading.csv_file import content_of, read_csv

PARTS = ("train", "validation", "test")
_SPLITS = {
    **dict.fromkeys(("train", "training", "0"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev", "1"), "validation"),
    **dict.fromkeys(("test", "testing", "2"), "test"),
    **dict.fromkeys(("-1", "none", "dropped"), ""),
}


@dataclass(frozen=True)
class Log:
    """Interactions before anything is decided about them.

    Attributes:
        name: of the task.
        rows: columns user and item, as written, and those of rating, time and split ("train", "validation", "test")
            that the data have.
        sha256: of the raw content, hex.
        files: bytes of the files; None: in no file.
    """

    name: str
    rows: pd.DataFrame
    sha256: str
    files: int | None = None


def read_log(path: Path, least_rating: float | None = None) -> Log:
    """A CSV or TSV file. The delimiter is the one of , ; tab | that the first line has most of.

    Args: least_rating, leave out rows with a lower one; None: every row counts.

    Raises:
        DataError: the file is absent, empty or unreadable, or its rows are not what its columns promise.
        RequestError: a rating is asked for and there is none.
    """
    kinds = "CSV or TSV file with the columns user and item"
    content = content_of(path, kinds, "a header line with user and item, and rows")
    try:
        frame = read_csv(content, path.name, dtype=str, keep_default_na=False)  # an item may be called NA
    except (ValueError, OSError, csv.Error) as error:
        raise DataError(f"{path.name} cannot be read: {error}; expected a CSV or TSV file in UTF-8") from error
    rows, digest = checked(frame, path.name, least_rating), hashlib.sha256(content).hexdigest()
    return Log(path.stem, rows, digest, len(content))


def checked(frame: pd.DataFrame, name: str, least_rating: float | None = None) -> pd.DataFrame:
    """Rows as `Log` holds them, from columns that may be written in other ways.

    Args: name, what the rows are called in messages. Raises as `read_log`.
    """
    known = {name: column for name in frame.columns if (column := column_of(name)) is not None}
    repeated = sorted({part for part in known.values() if list(known.values()).count(part) > 1})
    absent = sorted({"user", "item"} - set(known.values()))
    if absent or repeated:
        wrong = f"no column {' and '.join(absent)}" if absent else f"more than one column for {', '.join(repeated)}"
        raise DataError(
            f"{name} has {wrong} among {', '.join(map(repr, map(str, frame.columns)))}: expected user, item and, "
            "where they are known, rating, time, split"
        )
    rows = frame[list(known)].rename(columns=known).reset_index(drop=True)
    if rows.empty:
        raise DataError(f"{name} has 0 rows: expected one for every item that a user took")
    for column in ("user", "item"):
        rows[column] = rows[column].astype(object).where(rows[column].notna(), "").astype(str).str.strip()
        if gaps := int((rows[column] == "").sum()):
            raise DataError(f"{name}: the {column} is missing in {gaps} of {len(rows)} rows: remove those rows")
    if "split" in rows:
        rows = _split(rows, name)
    return rows if least_rating is None else _liked(rows, name, least_rating)


def _split(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    words = rows["split"].astype(str).str.strip().str.lower()
    unknown = sorted(set(words) - set(_SPLITS))
    if unknown:
        shown = ", ".join(map(repr, unknown[:5]))
        raise DataError(f"{name}: the split of a row is train, validation or test, got {shown}: rename them")
    rows = rows.assign(split=words.map(_SPLITS))
    return rows[rows["split"] != ""].reset_index(drop=True)  # what a release says to leave out is no item either


def _liked(rows: pd.DataFrame, name: str, least: float) -> pd.DataFrame:
    if "rating" not in rows:
        raise RequestError(f"{name} has no column rating, and {least:g} is asked at least: leave --least-rating out")
    ratings = pd.to_numeric(rows["rating"], errors="coerce")
    if bad := int(ratings.isna().sum()):
        raise DataError(f"{name}: the rating is no number in {bad} of {len(rows)} rows: remove those rows")
    kept = rows[ratings >= least].reset_index(drop=True)
    if kept.empty:
        raise DataError(f"{name}: no rating is {least:g} or higher, the highest is {ratings.max():g}: ask for less")
    return kept
