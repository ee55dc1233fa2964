"""What a series can be read from, and a clear error for everything else."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from condenset.core.errors import DataError, RequestError, UnknownNameError
from condenset.tasks.series.reading import looks_like_series, read_numbers, read_series
from tests.tasks.series.example import frame, written


def read(table: pd.DataFrame, folder: Path) -> np.ndarray:
    return read_series(written(table, folder), None, ()).values


@pytest.mark.parametrize("freq", ["15min", "h", "D", "B", "W", "MS", "QS"])
def test_steps_of_clock_and_calendar_are_equal(freq: str, tmp_path: Path) -> None:
    assert read(frame(60, freq), tmp_path).shape == (60, 2)


FORMS = ("%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%MZ", "%b %d %Y %H:%M")


@pytest.mark.parametrize("form", FORMS)
def test_dates_in_any_customary_form(form: str, tmp_path: Path) -> None:
    table = frame(60, "h" if "%H" in form else "D")
    table["when"] = pd.to_datetime(table["when"]).dt.strftime(form)
    assert read(table, tmp_path).shape == (60, 2)
    assert looks_like_series(written(table, tmp_path))


def test_a_gap_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"2024-03-01 09:00:00.* in row 10 is followed by 2024-03-01 13.*fill the gaps"):
        read(frame().drop(index=[10, 11, 12]), tmp_path)


def test_repeated_times_are_named(tmp_path: Path) -> None:
    table = frame()
    with pytest.raises(DataError, match=r"09:00:00.* in row 11 is repeated after .*row 10: keep one row"):
        read(pd.concat([table[:10], table[9:]]), tmp_path)


def test_times_out_of_order_are_named(tmp_path: Path) -> None:
    table = frame()
    with pytest.raises(DataError, match=r"in row 21 comes after .* in row 20: sort the rows"):
        read(pd.concat([table[10:30], table[:10], table[30:]]), tmp_path)


def test_a_time_that_is_none_is_named(tmp_path: Path) -> None:
    table = frame()
    table.loc[4, "when"] = "yesterday"
    with pytest.raises(DataError, match="when 'yesterday' in row 5 is no time"):
        read(table, tmp_path)


def test_text_in_a_channel_is_named(tmp_path: Path) -> None:
    table = frame().astype({"heat": object})
    table.loc[7, "heat"] = "off"
    with pytest.raises(DataError, match="column 'heat' holds 'off' in row 8"):
        read(table, tmp_path)
    assert read_series(written(table, tmp_path), None, ["heat"]).channels == ("load",)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_missing_and_infinite_values_are_named(value: float, tmp_path: Path) -> None:
    table = frame()
    table.loc[[7, 9], "heat"] = value
    with pytest.raises(DataError, match="'heat' has no finite value in 2 of 160 rows, first at 2024-03-01 07:00:00"):
        read(table, tmp_path)


def test_a_table_without_times_or_without_values_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"own\.csv has no time column: none of 'load', 'heat' holds dates"):
        read(frame().drop(columns="when"), tmp_path)
    with pytest.raises(DataError, match="no column beside the times 'when'"):
        read(frame()[["when"]], tmp_path)
    with pytest.raises(DataError, match="has 1 time"):
        read(frame(1), tmp_path)


def test_what_is_no_series_is_left_to_tables(tmp_path: Path) -> None:
    table = frame()
    no_steps = table.assign(when=np.random.default_rng(0).permutation(table["when"]))
    many_a_day = table.assign(when=table["when"].str[:10])  # orders, say
    text = table.assign(kind=["a", "b"] * 80)
    for other in (no_steps, many_a_day, text, table[["load", "heat"]], table[["when"]], table[:2]):
        assert not looks_like_series(written(other, tmp_path))
    assert looks_like_series(written(table, tmp_path))
    assert looks_like_series(written(table.drop(index=[10, 50]), tmp_path))  # so that it is refused with a reason
    (tmp_path / "empty.csv").write_text("")
    assert not looks_like_series(tmp_path / "empty.csv") and not looks_like_series(tmp_path / "absent.csv")


def test_a_file_of_numbers_alone_is_a_series_of_named_channels(tmp_path: Path) -> None:
    path = tmp_path / "rates.txt.gz"
    with gzip.open(path, "wt") as file:
        file.write("0.5,1\n0.25,2\n0.125,3\n")
    raw = read_numbers(path, ("a", "b"), None, ())
    assert raw.channels == ("a", "b") and raw.times == "" and raw.files == path.stat().st_size
    np.testing.assert_array_equal(raw.values, [[0.5, 1], [0.25, 2], [0.125, 3]])
    assert read_numbers(path, ("a", "b"), None, ["a"]).values.tolist() == [[1], [2], [3]]


def test_what_is_wrong_with_a_file_of_numbers_is_said(tmp_path: Path) -> None:
    path = tmp_path / "rates.txt"
    path.write_text("1,2\n3,x\n")
    with pytest.raises(DataError, match="cannot be read as numbers"):
        read_numbers(path, ("a", "b"), None, ())
    path.write_text("1,2\n3,4\n")
    with pytest.raises(DataError, match="2 columns, 3 expected"):
        read_numbers(path, ("a", "b", "c"), None, ())
    with pytest.raises(UnknownNameError, match="'B'"):
        read_numbers(path, ("a", "b"), None, ["B"])
    with pytest.raises(RequestError, match="holds no times"):
        read_numbers(path, ("a", "b"), "date", ())
