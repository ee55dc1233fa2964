"""CSV whose rows, fields and numbers would be lost without a word."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path

import pandas as pd
import pytest

from condenset.core.errors import DataError
from condenset.tasks.reading.csv_file import check_numbers, delimiter_of, read_csv, write_csv

ROWS = [f"x{i},{i}" for i in range(200)]


def rows_with(changes: dict[int, str]) -> bytes:
    """200 rows below a header, some of them changed."""
    return "\n".join(["a,b", *(changes.get(i, row) for i, row in enumerate(ROWS)), ""]).encode()


def test_quoted_text_of_several_lines_is_read() -> None:
    text = rows_with({5: '"one, two\nthree ""four""\nfive, six, seven",5'})
    frame = read_csv(text, "t.csv")
    assert frame.shape == (200, 2) and frame["a"][5] == 'one, two\nthree "four"\nfive, six, seven'
    assert delimiter_of("a;b;c,d") == ";"


@pytest.mark.parametrize("closing", ['x149",149', '"x149,149'])
def test_a_stray_quote_that_takes_rows_for_text_is_found(closing: str) -> None:
    with pytest.raises((DataError, csv.Error), match=r"quote that ends in line 151 takes 98 lines|expected after"):
        read_csv(rows_with({50: '"x49,49', 149: closing}), "t.csv")


@pytest.mark.parametrize("stray", ['"x99,99', 'x99,"99'])
def test_a_quote_that_is_never_closed_is_found(stray: str) -> None:
    with pytest.raises((ValueError, csv.Error)):
        read_csv(rows_with({99: stray}), "t.csv")


@pytest.mark.parametrize("content", [b"a,b\n1,2,3\n4,5,6\n", b"a,b\n4,5,6\n7,8\n"])
def test_rows_of_more_fields_than_columns_are_refused(content: bytes) -> None:
    with pytest.raises(DataError, match=r"t\.csv has rows of more fields than columns, the first has 2"):
        read_csv(content, "t.csv")


def test_nul_bytes_and_too_many_columns_are_refused() -> None:
    with pytest.raises(DataError, match="NUL bytes"):
        read_csv(b"a,b\n1\x00,2\n3,4\n", "t.csv")
    wide = ",".join(f"c{i}" for i in range(100_000)).encode() + b"\n" + b",".join([b"1"] * 100_000)
    with pytest.raises(DataError, match=r"100,000 columns.*CONDENSET_LIMITS=columns=100000"):
        read_csv(wide, "t.csv")


def test_a_column_has_one_type_however_long_it_is() -> None:
    content = b"a\n" + b"".join(b"%d\n" % (i % 10) for i in range(300_000)) + b"x\n"
    assert {type(value) for value in read_csv(content, "t.csv")["a"]} == {str}


@pytest.mark.parametrize("values", [["1,5", "2,25", "3"], ["1,234", "-5,678"]])
def test_numbers_with_commas_are_no_categories(values: list[str]) -> None:
    with pytest.raises(DataError, match=r"column 'a' of t\.csv has numbers with a comma, such as '.*': write them"):
        check_numbers(pd.DataFrame({"a": values}), "t.csv")


def test_numbers_beside_some_text_are_said() -> None:
    with pytest.warns(UserWarning, match="column 'a' of t holds 3 numbers, and 'high' in row 2 is none"):
        check_numbers(pd.DataFrame({"a": ["1", "high", "2.5", "7"]}), "t")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_numbers(pd.DataFrame({"a": ["A1", "2", "B"], "b": [1, 2, 3], "c": ["x,y", "u,v", None]}), "t")


def test_cells_that_a_spreadsheet_would_compute_are_text(tmp_path: Path) -> None:
    cells = ["=1+1", "+SUM(A1)", "-2+3", "@now", "\tx", "-5", "+3.5", "plain", None]
    write_csv(pd.DataFrame({"=name": cells, "n": range(-4, 5)}), tmp_path / "t.csv")
    back = pd.read_csv(tmp_path / "t.csv", keep_default_na=False)
    assert back["'=name"].tolist() == ["'=1+1", "'+SUM(A1)", "'-2+3", "'@now", "'\tx", "-5", "+3.5", "plain", ""]
    assert back["n"].tolist() == list(range(-4, 5))
