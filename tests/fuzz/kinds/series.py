"""A time series: CSV, and a set of it."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz.subject import Subject, of_data, of_set, saved
from tests.tasks.series import example as series

_STEPS = ("--lookback", "8", "--horizon", "4")


def _series() -> None:
    series.written(series.frame(), Path())


SUBJECTS: dict[str, Subject] = {
    "set of series": of_set(saved(_series, "own.csv", *_STEPS), exports=("npz", "csv")),
    "series": of_data(_series, "own.csv", "own.csv", *_STEPS),
}
