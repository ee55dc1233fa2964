"""Labelled series in tables: a row for each series, a row for each step, and what no series can be made of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from condenset.core.errors import DataError, RequestError, UnknownNameError
from condenset.tasks.labelled_series.layout import Layout, series_of
from tests.tasks.labelled_series import example

VALUES, LABELS = example.waves(6)
STEPS = Layout("kind", "run", "second")


def test_a_row_is_a_series_and_its_first_column_the_label() -> None:
    part, names = series_of(example.rows(6), "it", Layout())
    np.testing.assert_allclose(np.stack(part.series)[:, 0], VALUES[:, 0])
    assert part.labels.tolist() == LABELS.tolist() and names == ("x0",)
    last = example.rows(6)
    last["kind"] = last.pop("kind")
    assert series_of(last, "it", Layout("kind"))[0].labels.tolist() == LABELS.tolist()


def test_a_row_is_a_step() -> None:
    part, names = series_of(example.steps(6), "it", STEPS)
    np.testing.assert_allclose(np.stack(part.series), VALUES)
    assert part.labels.tolist() == LABELS.tolist() and names == ("left", "right")
    shuffled = example.steps(6).sample(frac=1, random_state=0).sort_values("second", kind="stable")
    again, _ = series_of(shuffled, "it", STEPS)  # rows of several series may be mixed
    assert sorted(one.sum() for one in again.series) == pytest.approx(sorted(one.sum() for one in part.series))


def test_lengths_may_differ_where_that_is_said() -> None:
    short = example.rows(6)
    short.iloc[0, -3:] = np.nan
    part, _ = series_of(short, "it", Layout(ragged=True))
    assert part.lengths == [21, 24, 24, 24, 24, 24]
    fewer = example.steps(6).drop(index=[22, 23])
    assert series_of(fewer, "it", Layout("kind", "run", "second", True))[0].lengths[0] == 22
    with pytest.raises(DataError, match=r"number 1 has 22 steps, number 2 has 24: say so with --ragged"):
        series_of(fewer, "it", STEPS)


def gap(frame: pd.DataFrame) -> pd.DataFrame:
    frame.iloc[0, 5] = np.nan
    return frame


WRONG: list[tuple[Callable[[], pd.DataFrame], Layout, type[Exception], str]] = [
    (lambda: gap(example.rows(6)), Layout(), DataError, "series 1 of it has 1 of 24 values missing"),
    (lambda: gap(example.rows(6)), Layout(ragged=True), DataError, "series 1 of it has 1 of 24 values missing"),
    (lambda: example.rows(6).assign(t3="x"), Layout(), DataError, "column 't3' of it holds 'x' in row 1: expected num"),
    (lambda: example.rows(6)[["kind"]], Layout(), DataError, "no column of values beside the label"),
    (lambda: example.rows(6), Layout("kid"), UnknownNameError, "kind"),
    (lambda: example.rows(6), Layout(time="t3"), RequestError, "goes with --series-column"),
    (lambda: example.steps(6), Layout(None, "run"), RequestError, "--target says which column has the label"),
    (lambda: example.steps(6), Layout("kind", "kind"), RequestError, "each is another one"),
    (lambda: example.steps(6)[::-1], STEPS, DataError, "do not grow from row to row: sort the rows"),
    (
        lambda: example.steps(6).assign(kind=["slow", "fast"] * 72),
        STEPS,
        DataError,
        r"series 'r0' of it has labels \['fast', 'slow'\]",
    ),
]


@pytest.mark.parametrize(("make", "layout", "kind", "message"), WRONG)
def test_what_no_series_can_be_made_of(
    make: Callable[[], pd.DataFrame], layout: Layout, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        series_of(make(), "it", layout)
