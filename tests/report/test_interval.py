"""Intervals: where things stand on the common axis, and what is said of them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest

from condenset.core.metric import ACCURACY, Metric
from condenset.evaluation.rows import Measured
from condenset.report.interval import WIDTH, Axis, interval, scale
from tests.report.conftest import R2


def score(mean: float, low: float, high: float) -> Measured:
    return Measured(mean, (low, high), (low, mean, high))


SCORES = [score(0.80, 0.78, 0.82), score(0.60, 0.5, 0.7)]


def test_an_axis_holds_every_interval_with_ticks_inside() -> None:
    axis = Axis.of(SCORES, ACCURACY)
    assert axis.low < 0.5 < 0.82 < axis.high
    assert all(axis.low <= tick <= axis.high for tick in axis.ticks) and len(axis.ticks) >= 3


def test_places_are_linear_and_stay_inside() -> None:
    axis = Axis.of(SCORES, ACCURACY)
    assert axis.place(0.65) == pytest.approx((axis.place(0.5) + axis.place(0.8)) / 2, abs=0.02)
    assert 0 < axis.place(-9.0) < axis.place(0.5) < axis.place(0.8) < axis.place(9.0) < WIDTH


def test_accuracies_above_one_do_not_stretch_the_axis() -> None:
    assert Axis.of([score(0.9, 0.5, 1.4)], ACCURACY).high < 1.1
    assert Axis.of([score(0.9, 0.5, 1.4)], R2).high > 1.4


def test_one_value_still_has_an_axis() -> None:
    axis = Axis.of([score(0.5, 0.5, 0.5)], ACCURACY)
    assert axis.low < 0.5 < axis.high and len(axis.ticks) >= 1


def test_without_a_score_there_is_an_axis_of_nothing() -> None:
    assert Axis.of([], ACCURACY).low < 0 < Axis.of([], ACCURACY).high


def test_an_interval_is_drawn_where_it_lies_and_said_in_words() -> None:
    axis = Axis.of(SCORES, ACCURACY)
    drawn = ElementTree.fromstring(interval(SCORES[0], axis))
    assert "80.0" in drawn.get("aria-label", "") and "78.0" in drawn.get("aria-label", "")
    mean = drawn.find("circle[@class='mean']")
    whisker = drawn.find("path[@class='whisker']")
    assert mean is not None and whisker is not None
    assert float(mean.get("cx", "nan")) == axis.place(0.80)
    left, right = re.findall(r"^M([\d.]+) [\d.]+H([\d.]+)", whisker.get("d", ""))[0]
    assert (float(left), float(right)) == (axis.place(0.78), axis.place(0.82))
    assert len(drawn.findall("circle[@class='one']")) == 3


@pytest.mark.parametrize(
    ("metric", "expected"), [(ACCURACY, ["50", "60", "70", "80"]), (R2, ["0.5", "0.6", "0.7", "0.8"])]
)
def test_tick_labels(metric: Metric, expected: list[str]) -> None:
    labels = [text.text for text in ElementTree.fromstring(scale(Axis.of(SCORES, metric))).iter("text")]
    assert labels == expected
