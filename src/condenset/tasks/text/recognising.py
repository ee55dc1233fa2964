"""Whether a file or an object holds texts with labels: from its first rows."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from condenset.core.errors import CondensetError
from condenset.core.untrusted_file import is_regular
from condenset.tasks.objects import axes, is_column, is_frame, is_pair

_HEAD = 2**18  # bytes of a file that tell
_ROWS = 500  # of a Parquet file
_TABLES = (".csv", ".tsv")


def recognise(path: Path) -> bool:
    """Whether a path is a CSV, TSV, JSONL or Parquet file of texts and their label, and little else."""
    from condenset.tasks.text.columns import looks_like_texts

    try:
        frame = _head(path)
    except (OSError, ValueError, csv.Error, CondensetError):  # of pandas' own kinds, too
        return False
    return frame is not None and looks_like_texts(frame)


def takes_texts(thing: Any) -> bool:
    """Whether an object is a data frame of texts and their label, or a pair (texts, labels)."""
    if is_frame(thing):
        from condenset.tasks.text.columns import looks_like_texts

        frame = thing.rename(columns=str)
        return bool(frame.columns.is_unique) and looks_like_texts(frame)
    return is_texts(thing)


def is_texts(thing: Any) -> bool:
    """Whether an object is a pair of texts (n,), a list, an array or a pandas object, and labels (n,)."""
    if not is_pair(thing) or axes(thing[0]) != 1 or not is_column(thing[1]) or len(thing[0]) == 0:
        return False
    return all(isinstance(text, str) for text in thing[0])


def _head(path: Path) -> Any:
    """The first rows as a table; None for other files."""
    from condenset.tasks.reading.csv_file import first_lines, read_csv
    from condenset.tasks.reading.table_file import PARQUET
    from condenset.tasks.text.reading import JSONL, json_lines

    suffix = path.suffix.lower()
    if path.is_dir() or suffix in PARQUET:
        return _parquet_head(path)
    if suffix not in (*_TABLES, *JSONL) or not is_regular(path):
        return None
    lines = first_lines(path, _HEAD)
    return json_lines(lines, path.name) if suffix in JSONL else read_csv(lines, path.name)


def _parquet_head(path: Path) -> Any:
    """The first rows of plain columns, one of which may be text; None where there is none."""
    import pyarrow as pa

    from condenset.tasks.reading.parquet import column_names, parquet_frames, parquet_head
    from condenset.tasks.reading.shards import train_files

    files = [file for file in train_files(path) if file.suffix.lower() in (".parquet", ".pq")]
    if not files:
        return None
    schema, _ = parquet_head(files[0])
    kinds = [schema.field(name).type for name in column_names(schema)]
    if any(map(pa.types.is_nested, kinds)) or not any(
        pa.types.is_string(k) or pa.types.is_large_string(k) for k in kinds
    ):
        return None
    return next(parquet_frames(files[0], column_names(schema), _ROWS), None)
