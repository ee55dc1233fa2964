"""What of labelled series cannot be used, and a digest that changes with what is in them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from condenset.core.errors import DataError
from condenset.tasks.labelled_series.raw import Part, channel_names, digest_of, expect_usable


def part(*shapes: tuple[int, int], labels: list | None = None) -> Part:
    series = tuple(np.arange(channels * steps, dtype=float).reshape(channels, steps) for channels, steps in shapes)
    return Part(series, pd.Series(labels or ["a"] * len(series), name="label", dtype=object))


def test_usable_series_come_back_as_they_are() -> None:
    same, ragged = part((2, 3), (2, 3)), part((2, 3), (2, 4))
    assert expect_usable(same, "it", False, "") is same and expect_usable(ragged, "it", True, "") is ragged
    assert ragged.lengths == [3, 4] and ragged.at([1]).lengths == [4]
    assert channel_names(2) == ("x0", "x1")


def spoilt(value: float) -> Part:
    one = part((2, 3), (2, 3))
    one.series[1][1, 2] = value
    return one


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (part(), "holds no series"),
        (spoilt(np.nan), "series 2 of it has 1 of 6 values missing or infinite: fill the gaps"),
        (spoilt(np.inf), "series 2 of it has 1 of 6 values missing"),
        (part((1, 0)), "series 1 of it has no value"),
        (part((2, 3), (1, 3)), "number 1 has 2 channels, number 2 has 1"),
        (part((2, 3), (2, 3), (2, 5)), "number 1 has 3 steps, number 3 has 5: say so"),
        (part((2, 3), (2, 3), labels=["a", None]), "1 of 2 series of it have no label, the first is number 2"),
    ],
)
def test_what_cannot_be_used_is_said(given: Part, message: str) -> None:
    with pytest.raises(DataError, match=message):
        expect_usable(given, "it", False, "say so")


def test_the_digest_is_of_values_shapes_and_labels() -> None:
    found = [part((2, 3)), part((3, 2)), part((2, 3), labels=["b"]), spoilt(0.5)]
    assert len({digest_of(one) for one in found}) == 4 and digest_of(found[0]) == digest_of(part((2, 3)))
