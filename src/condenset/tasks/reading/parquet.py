"""Parquet files in batches that memory holds; an error names the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from condenset.core.errors import DataError
from condenset.core.untrusted_file import limits, open_regular

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_BUFFER = 2**20  # bytes of a column that are read at a time


def parquet_head(path: Path) -> tuple[pa.Schema, int]:
    """The columns and the number of rows. Raises `DataError` where the file cannot be read."""
    import pyarrow.parquet as pq

    with _named(path), open_regular(path) as stream, pq.ParquetFile(stream) as file:
        limits().check("columns", file.metadata.num_columns, str(path))
        column_names(file.schema_arrow)  # so that a damaged note of pandas is found here, where the file has a name
        return file.schema_arrow, file.metadata.num_rows


def column_names(schema: pa.Schema) -> list[str]:
    """The columns, less those that pandas wrote its index into."""
    index = (schema.pandas_metadata or {}).get("index_columns", [])
    return [name for name in schema.names if name not in index]


def parquet_batches(path: Path, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
    """These columns, up to `rows` rows at a time. Raises `DataError` where the file cannot be read."""
    import pyarrow.parquet as pq

    with _named(path), open_regular(path) as stream, pq.ParquetFile(stream, buffer_size=_BUFFER) as file:
        yield from file.iter_batches(rows, columns=list(columns), use_threads=False)


def parquet_frames(path: Path, columns: Sequence[str], rows: int) -> Iterator[pd.DataFrame]:
    """The same as tables of pandas, counted from 0."""
    for batch in parquet_batches(path, columns, rows):
        with _named(path):
            frame = batch.to_pandas().reset_index(drop=True)
        yield frame


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """What pandas wrote of the columns is JSON, in which anything may be damaged."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path} cannot be read as Parquet ({error}): write it again, or leave it out with --skip-unreadable"
        ) from error
