"""Files that read, and files that do not."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from condenset.core.errors import DataError
from condenset.tasks.reading.table_file import check_finite, frame_hash, read_file


def write(folder: Path, text: str, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    ["a,b\n1,x\n2,?\n", "a;b\n1;x\n2;?\n", "a\tb\n1\tx\n2\t?\n", "a, b\r\n1, x\r\n2, ?\r\n", "\ufeffa,b\n1,x\n2,NA\n"],
)
def test_delimiters_blanks_and_missing_words(tmp_path: Path, text: str) -> None:
    frame, digest = read_file(write(tmp_path, text))
    assert frame.columns.tolist() == ["a", "b"] and frame["a"].tolist() == [1, 2]
    assert frame["b"][0] == "x" and frame["b"].isna().tolist() == [False, True]
    assert digest == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("text", "header"), [("1,2\n3,4\n", False), ("M,0.5\nF,0.7\n", False), ("name,2018\na,1\nb,2\n", True)]
)
def test_a_first_line_of_numbers_is_data(tmp_path: Path, text: str, header: bool) -> None:
    frame, _ = read_file(write(tmp_path, text))
    assert frame.columns.tolist() == (["name", "2018"] if header else ["column_1", "column_2"])
    assert frame.shape == (2, 2)


def test_parquet_equals_csv(tmp_path: Path) -> None:
    frame, _ = read_file(write(tmp_path, "a,b\n1,x\n2,y\n"))
    frame.to_parquet(tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(read_file(tmp_path / "t.parquet")[0], frame)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("a,b\n", "0 rows"),
        ("a,b,a\n1,2,3\n", "'a' occur more than once"),
        ('a,b\n1,2\n"3,4\n5', "cannot be read"),
        ("a,b\n1,2\n3,4,5,6\n1,2,3\n", "cannot be read"),
    ],
)
def test_unusable_files(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_file(write(tmp_path, text))


def test_other_bytes_and_absent_files(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"a,b\n\xff\xfe,1\n")
    (tmp_path / "t.parquet").write_bytes(b"PAR1 nothing")
    for name in ("t.csv", "t.parquet"):
        with pytest.raises(DataError, match="cannot be read"):
            read_file(tmp_path / name)
    with pytest.raises(DataError, match="no file"):
        read_file(tmp_path / "absent.csv")


def test_infinite_values_are_named_with_their_count() -> None:
    frame = pd.DataFrame({"a": [1.0, np.inf, -np.inf], "b": [1.0, np.nan, 2.0], "c": ["x", "y", "z"]})
    with pytest.raises(DataError, match=r"'a' \(2\)"):
        check_finite(frame, "the rows")
    check_finite(frame[["b", "c"]], "the rows")


def test_the_hash_of_a_frame_follows_names_and_values_alone() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    assert frame_hash(frame) == frame_hash(frame.set_index(pd.Index([7, 8])))
    assert frame_hash(frame) != frame_hash(frame.rename(columns={"a": "c"}))
    assert frame_hash(frame) != frame_hash(frame.assign(a=[1, 3]))
