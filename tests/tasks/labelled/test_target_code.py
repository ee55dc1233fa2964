"""Targets: classes or numbers, their groups, and the way back to raw values."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from condenset.core.errors import DataError, RequestError
from condenset.tasks.labelled.target_code import code_target, raw_targets, strata
from condenset.tasks.targets.classification import Classification
from condenset.tasks.targets.regression import Regression


def column(values: object, dtype: str | None = None) -> pd.Series:
    return pd.Series(values, name="y", dtype=dtype)


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        (column(["b", "a", "c"] * 4), ("a", "b", "c")),
        (column([True, False] * 4), ("False", "True")),
        (column([10, 9, 3] * 50), ("3", "9", "10")),
        (column([1.0, 0.0] * 4), ("0", "1")),
        (column(list(range(20)) * 20), tuple(map(str, range(20)))),
    ],
)
def test_classes(values: pd.Series, classes: tuple[str, ...]) -> None:
    code = code_target(values)
    assert isinstance(code.target, Classification) and code.target.classes == classes
    targets = code.encode(values)
    assert targets.dtype == torch.int64
    record = json.loads(json.dumps(code.record()))
    pd.testing.assert_series_equal(raw_targets(targets, record), values)
    pd.testing.assert_series_equal(raw_targets(code.target.matrix(targets), record), values)


@pytest.mark.parametrize(
    "values",
    [list(range(21)) * 21, [0.5, 1.5] * 50, [1, 2, 3, 4] * 10],
    ids=["more than 20 distinct", "not integral", "more than 5 % distinct"],
)
def test_numbers(values: list[float]) -> None:
    code = code_target(column(values))
    assert isinstance(code.target, Regression)
    z = code.encode(column(values))
    raw = np.array(values)
    np.testing.assert_allclose(z[:, 0], (raw - raw.mean()) / raw.std(), rtol=1e-5, atol=1e-6)
    pd.testing.assert_series_equal(raw_targets(z, code.record()), column(values), atol=1e-5)


def test_the_kind_can_be_given() -> None:
    assert code_target(column([3, 4, 5] * 50), "regression").target.kind == "regression"
    assert code_target(column([1, 2, 3, 4] * 5), "classification").target.kind == "classification"
    with pytest.raises(RequestError, match="'ranking'"):
        code_target(column([1, 2]), "ranking")
    with pytest.raises(DataError, match="4 values that are no finite numbers"):
        code_target(column(["a", "b"] * 2), "regression")


@settings(max_examples=80, deadline=None)
@given(st.lists(st.floats(-1e3, 1e3, width=32), min_size=2, max_size=200).filter(lambda v: max(v) - min(v) > 1e-3))
def test_no_bin_is_empty(values: list[float]) -> None:
    code = code_target(column(values), "regression")
    counts = torch.bincount(code.groups.of(code.encode(column(values))), minlength=len(code.groups))
    assert len(counts) == len(code.groups) <= 10 and counts.min() > 0


def test_bins_of_distinct_values_are_quantiles() -> None:
    code = code_target(column(np.random.default_rng(0).normal(size=1000)))
    assert torch.bincount(strata_tensor(code)).tolist() == pytest.approx([100] * 10, abs=1)


def strata_tensor(code: object) -> torch.Tensor:
    return torch.from_numpy(strata(column(np.random.default_rng(0).normal(size=1000)), code))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, 1, 1], "constant: the only value is 1"),
        (["a", None, "b", None], "missing in 2 of 4 rows"),
        (["a", ["b"], "b", ["b"]], "holds a list in 2 of 4 rows, the first is row 2"),
        ([0.5, np.inf, 1.0], "1 values that are no finite numbers"),
    ],
)
def test_unusable_targets(values: list, message: str) -> None:
    with pytest.raises(DataError, match=message):
        code_target(column(values))


def test_a_class_with_one_row_and_an_unknown_class() -> None:
    values = column(["a", "a", "b", "c", "c"])
    code = code_target(values)
    with pytest.raises(DataError, match="class 'b' of 'y' has one row only"):
        strata(values, code)
    with pytest.raises(DataError, match=r"\['d'\]"):
        code.encode(column(["a", "d"]))
    with pytest.raises(DataError, match="holds a dict in 1 of 2 rows"):
        code.encode(column(["a", {"class": "b"}]))


def test_numbers_whose_spread_no_number_holds_are_refused() -> None:
    with pytest.raises(DataError, match=r"target 'y' holds numbers from 0.5 to 1e\+290, whose spread is beyond"):
        code_target(column([0.5, 1.5, 1e290]))
