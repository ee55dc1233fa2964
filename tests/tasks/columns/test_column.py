"""Columns: round trips, independent encodings, and rows that could not stand in the training data."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from condenset.core.errors import ArtifactError
from condenset.tasks.columns.column import (
    decode_matrix,
    encode_frame,
    from_fields,
    layout,
    legal,
    matrix_width,
    to_fields,
)
from condenset.tasks.columns.inference import infer_columns


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Mixed tables of 2 to 12 rows: numbers, integers, text, booleans, dates, with and without gaps."""
    rows = draw(st.integers(2, 12))

    def column(values: st.SearchStrategy) -> list:
        return draw(st.lists(values, min_size=rows, max_size=rows))

    number = st.floats(-1e6, 1e6, allow_nan=False, width=32)
    day = st.dates(min_value=pd.Timestamp("1900-01-01").date(), max_value=pd.Timestamp("2100-01-01").date())
    present = [1.5, *column(st.one_of(st.just(float("nan")), number))[1:]]
    return pd.DataFrame(
        {
            "number": pd.Series(column(number), dtype="float64"),
            "gaps": pd.Series(present, dtype="float64"),
            "integer": pd.Series(column(st.integers(-1000, 1000)), dtype="int64"),
            "nullable": pd.Series([3, *column(st.one_of(st.none(), st.integers(-9, 9)))[1:]], dtype="Int64"),
            "text": pd.Series(column(st.sampled_from(["a", "b c", "ä"]))),
            "text gaps": pd.Series(["x", *column(st.sampled_from(["x", "y", np.nan]))[1:]], dtype="object"),
            "flag": pd.Series(column(st.booleans()), dtype="bool"),
            "day": pd.Series([d.isoformat() for d in column(day)]),
            "time": pd.to_datetime(pd.Series(column(day))),
        }
    )


@settings(max_examples=40, deadline=None)
@given(frames())
def test_decoding_an_encoded_table_gives_it_back(frame: pd.DataFrame) -> None:
    found = infer_columns(frame)
    columns, dropped = found.columns, found.dropped
    assert not dropped
    matrix = encode_frame(frame, columns)
    decoded = decode_matrix(matrix, columns)
    assert matrix.dtype == np.float32 and matrix.shape == (len(frame), matrix_width(columns))
    assert list(decoded.columns) == list(frame.columns)
    for name in ("number", "gaps"):
        spread = np.nanmax(frame[name]) - np.nanmin(frame[name])
        np.testing.assert_allclose(decoded[name], frame[name], rtol=1e-12, atol=1e-6 * spread)
    exact = [name for name in frame.columns if name not in ("number", "gaps")]
    pd.testing.assert_frame_equal(decoded[exact], frame[exact])
    assert legal(frame, columns).all() and legal(decoded, columns).all()


@settings(max_examples=40, deadline=None)
@given(frames(), st.integers(0, 2**32 - 1))
def test_every_decoded_row_is_legal_whatever_the_matrix(frame: pd.DataFrame, seed: int) -> None:
    columns = infer_columns(frame).columns
    matrix = np.random.default_rng(seed).normal(0, 5, (20, matrix_width(columns))).astype(np.float32)
    decoded = decode_matrix(matrix, columns)
    assert legal(decoded, columns).all()
    assert (decoded.dtypes == frame.dtypes).all()


def test_records_survive_json() -> None:
    frame = pd.DataFrame({"n": [1.5, np.nan], "c": ["x", "y"], "d": ["2020-01-01", "2021-01-01"], "b": [True, False]})
    columns = infer_columns(frame).columns
    assert from_fields(json.loads(json.dumps(to_fields(columns)))) == columns


def test_encoding_is_standardisation_and_one_hot() -> None:
    train = pd.DataFrame({"n": [1.0, 2.0, 4.5, np.nan], "c": ["b", "a", "b", "a"]})
    columns = infer_columns(train).columns
    n = np.array([1.0, 2.0, 4.5])
    z = np.append((n - n.mean()) / n.std(), 0)
    gap = np.array([0, 0, 0, 1])
    expected = np.stack([z, 1 - gap, gap, [0, 1, 0, 1], [1, 0, 1, 0]], axis=1)
    np.testing.assert_allclose(encode_frame(train, columns), expected, rtol=1e-6, atol=1e-7)


def test_values_the_training_rows_never_had() -> None:
    columns = infer_columns(pd.DataFrame({"n": [1.0, 3.0], "c": ["a", "b"], "gaps": ["a", None]})).columns
    test = pd.DataFrame({"n": [np.nan, 5.0], "c": ["new", None], "gaps": ["new", None]})
    np.testing.assert_array_equal(encode_frame(test, columns), [[0, 0, 0, 0, 0], [3, 0, 0, 0, 1]])


@pytest.mark.parametrize(
    ("name", "value"),
    [("i", 2.5), ("i", 11), ("i", np.nan), ("n", 0.49), ("c", "z"), ("c", None), ("d", "2030-01-01"), ("d", None)],
)
def test_an_illegal_value_makes_only_its_row_illegal(name: str, value: object) -> None:
    frame = pd.DataFrame(
        {
            "i": [1.0, 10.0, 4.0],
            "n": [0.5, 1.5, 0.7],
            "c": ["x", "y", "x"],
            "d": ["2020-01-01", "2021-05-01", "2020-02-02"],
        }
    )
    columns = infer_columns(frame).columns
    changed = frame.astype(object)
    changed.loc[1, name] = value
    assert legal(changed, columns).tolist() == [True, False, True]


def test_a_time_zone_and_the_time_of_day_survive() -> None:
    times = pd.to_datetime(pd.Series(["2024-01-01 06:30", "2024-01-03 18:45"])).dt.tz_localize("Europe/Paris")
    columns = infer_columns(times.to_frame("t")).columns
    decoded = decode_matrix(encode_frame(times.to_frame("t"), columns), columns)["t"]
    assert decoded.dtype == times.dtype
    assert (decoded - times).abs().max() < pd.Timedelta(seconds=1)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "blob"},
        {"kind": "category", "levels": []},
        {"scale": {"low": 0.0}},
        {"unknown": 1},
        {"scale": {"std": 0.0}},
    ],
)
def test_a_broken_record_is_refused(change: dict) -> None:
    record = to_fields(infer_columns(pd.DataFrame({"n": [1.0, 2.0]})).columns)[0]
    if "std" in change.get("scale", {}):
        change = {"scale": record["scale"] | change["scale"]}
    with pytest.raises(ArtifactError, match="column record"):
        from_fields([record | change])
    with pytest.raises(ArtifactError, match="at least one column"):
        from_fields([])


def test_the_layout_tells_numbers_from_choices_and_gaps_are_a_choice() -> None:
    numbers = {"n": [1.5, 2.0, 0.0], "g": [1.25, np.nan, 2.0]}
    frame = pd.DataFrame({**numbers, "c": ["a", "b", "c"], "f": [True, False, True]})
    found = layout(infer_columns(frame).columns)
    assert found.numbers == (0, 1) and found.choices == ((2, 4), (4, 7), (7, 9))
    assert found.width == matrix_width(infer_columns(frame).columns)
