"""The first line of a file of interactions: which column is what, and whether a file is one."""

from __future__ import annotations

import csv
from pathlib import Path

from condenset.core.untrusted_file import is_regular
from condenset.tasks.reading.csv_file import delimiter_of

_SUFFIXES = (".csv", ".tsv")
_COLUMNS = {  # as people and MovieLens write them, without capitals and underscores
    "user": "user",
    "userid": "user",
    "item": "item",
    "itemid": "item",
    "movieid": "item",
    "productid": "item",
    "rating": "rating",
    "time": "time",
    "timestamp": "time",
    "split": "split",
}


def column_of(name: object) -> str | None:
    """What a column is, "user", "item", "rating", "time" or "split", by its name; None where it is none of them."""
    return _COLUMNS.get(str(name).strip().lower().replace("_", ""))


def recognise(path: Path) -> bool:
    """Whether a path is a CSV or TSV file whose header names a user and an item, and nothing that is unknown here."""
    if path.suffix.lower() not in _SUFFIXES or not is_regular(path):
        return False
    try:
        with path.open(encoding="utf-8-sig") as file:
            line = file.readline(4096)
    except (OSError, UnicodeDecodeError):
        return False
    names = next(csv.reader([line.strip()], delimiter=delimiter_of(line)), [])
    found = {column_of(name) for name in names}
    return {"user", "item"} <= found and None not in found
