"""What kind each column is taken for."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from condenset.core.errors import DataError
from condenset.tasks.columns import inference
from condenset.tasks.columns.inference import Moments, choose_columns, infer_columns, summarise

DAYS = pd.date_range("2024-01-01", periods=40).strftime("%Y-%m-%d").tolist()


@pytest.mark.parametrize(
    ("values", "kind", "width"),
    [
        ([0.5, 1.0], "numeric", 1),
        ([1.0, 2.0], "integer", 1),
        ([1.0, np.nan], "integer", 3),
        (pd.array([1, None], dtype="Int64"), "integer", 3),
        ([0, 1] * 10, "integer", 1),
        ([True, False], "category", 2),
        (["a", "b", "c"], "category", 3),
        (["a", None, "c"], "category", 3),
        (pd.Categorical([3, 1, 3]), "category", 2),
        (pd.to_datetime(["2024-01-01", "2024-05-01"]), "date", 1),
        (["2024-01-01", "2024-05-01 "[:10]], "date", 1),
        (["2024-01-01T12:00:00", None], "date", 3),
        ([datetime.date(2024, 1, 1), datetime.date(2025, 1, 1)], "date", 1),
        ([*DAYS[:39], "soon"], "date", 3),
        ([*DAYS[:36], "soon", "late", "never", "?"], "category", 40),
        (["20240101", "20240501"], "category", 2),
    ],
)
def test_kinds(values: object, kind: str, width: int) -> None:
    found = infer_columns(pd.DataFrame({"v": values}))
    (column,), dropped = found.columns, found.dropped
    assert (column.kind, column.width, dropped) == (kind, width, {})


def test_identifiers_empty_columns_and_strange_types_are_left_out_with_the_reason() -> None:
    rows = 300
    frame = pd.DataFrame(
        {
            "id": [f"row {i}" for i in range(rows)],
            "codes": [f"code {i % 150}" for i in range(rows)],
            "empty": [None] * rows,
            "phase": np.exp(1j * np.arange(rows)),
            "lists": [[1]] * rows,
            "number": np.arange(rows),
        }
    )
    found = infer_columns(frame)
    columns, dropped = found.columns, found.dropped
    assert [column.name for column in columns] == ["codes", "number"]
    assert "300 distinct" in dropped["id"] and "missing" in dropped["empty"] and "complex" in dropped["phase"]
    assert "no categories" in dropped["lists"]


def test_a_table_without_any_usable_column_is_refused() -> None:
    with pytest.raises(DataError, match="empty: every value is missing"):
        infer_columns(pd.DataFrame({"empty": [None, None]}))


def test_a_constant_column_has_unit_scale() -> None:
    (column,) = infer_columns(pd.DataFrame({"v": [0.1, 0.1, 0.1]})).columns
    assert (column.scale.mean, column.scale.std) == (0.1, 1.0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.floats(-1e3, 1e3) | st.just(np.nan), max_size=8), min_size=1, max_size=4))
def test_moments_of_parts_merge_to_those_of_the_whole(parts: list[list[float]]) -> None:
    merged = Moments()
    for part in parts:
        merged = merged.merge(Moments.of(np.array(part, dtype=np.float64)))
    values = np.array([v for part in parts for v in part if v == v])
    assert merged.count == len(values)
    if len(values):
        assert (merged.low, merged.high) == (values.min(), values.max())
        assert merged.mean == pytest.approx(values.mean(), abs=1e-9)
        assert merged.squares / len(values) == pytest.approx(values.var(), abs=1e-7)
        assert merged.whole == (values == np.round(values)).all()


def test_columns_of_parts_are_those_of_the_whole() -> None:
    rows = 40
    frame = pd.DataFrame(
        {
            "n": [None] * 20 + list(range(20)),
            "written": [*DAYS[:38], "soon", None],
            "late": ["x", "y"] * 18 + DAYS[:4],
            "flag": [True, False] * 20,
            "empty": [None] * rows,
        }
    )
    summary = summarise(frame[:13])
    for part in (frame[13:20], frame[20:]):
        summary = {name: summary[name].merge(found) for name, found in summarise(part).items()}
    assert choose_columns(summary) == infer_columns(frame)


def test_texts_without_end_are_left_out_of_a_merged_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "_MOST_LEVELS", 5)
    frame = pd.DataFrame({"v": list("abcdefgh") * 2, "n": range(16)})
    first, second = summarise(frame[:4]), summarise(frame[4:])
    dropped = choose_columns({name: first[name].merge(second[name]) for name in first}).dropped
    assert "more than 5 distinct values" in dropped["v"]


@pytest.mark.parametrize("greatest", [1e290, 1e-290])
def test_numbers_whose_spread_no_number_holds_are_refused(greatest: float) -> None:
    with pytest.raises(DataError, match=r"column 'x' holds numbers from 0 to 1e.?290, whose spread is beyond"):
        infer_columns(pd.DataFrame({"x": [0.0, greatest, greatest / 2]}))


def test_dates_of_other_ages_are_refused() -> None:
    days = pd.Series(np.array(["2020-01-01", "158000-06-01"], dtype="datetime64[ms]"))
    with pytest.raises(DataError, match=r"column 'x' holds dates from 18262 to 569.* days after 1970: expected years"):
        infer_columns(pd.DataFrame({"x": days}))
