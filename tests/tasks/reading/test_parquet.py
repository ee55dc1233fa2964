"""Parquet files in batches, and those whose notes of pandas are damaged."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from condenset.core.errors import DataError
from condenset.tasks.reading.parquet import column_names, parquet_frames, parquet_head
from condenset.tasks.reading.table_file import read_file

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
FRAME = pd.DataFrame({"a": range(10), "b": list("abcdefghij")}, index=pd.Index(range(10, 20), name="row"))


def noted(path: Path, note: bytes) -> Path:
    """The table with another note of pandas."""
    table = pa.Table.from_pandas(FRAME)
    pq.write_table(table.replace_schema_metadata({b"pandas": note}), path)
    return path


def test_frames_are_parts_of_the_table_without_its_index(tmp_path: Path) -> None:
    FRAME.to_parquet(tmp_path / "rows.parquet")
    schema, rows = parquet_head(tmp_path / "rows.parquet")
    frames = list(parquet_frames(tmp_path / "rows.parquet", column_names(schema), 4))
    assert (column_names(schema), rows, [len(frame) for frame in frames]) == (["a", "b"], 10, [4, 4, 2])
    pd.testing.assert_frame_equal(pd.concat(frames, ignore_index=True), FRAME.reset_index(drop=True))


@pytest.mark.parametrize(
    "note", [b'{"index_columns": [', b'{"index_columns": ["row"], "columns": [{"name": "a"}]}', b"[]"]
)
def test_a_damaged_note_is_an_error_that_names_the_file(tmp_path: Path, note: bytes) -> None:
    path = noted(tmp_path / "rows.parquet", note)
    with pytest.raises(DataError, match=r"rows\.parquet cannot be read"):
        list(parquet_frames(path, column_names(parquet_head(path)[0]), 4))
    with pytest.raises(DataError, match=r"rows\.parquet cannot be read"):
        read_file(path)
