"""The drawings: where things stand on the common axis, and that a curve is what was logged."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest

from condenset.core.metric import ACCURACY, Metric
from condenset.report.figures import WIDTH, Axis, curves, interval, scale
from condenset.report.records import Logged, Score
from tests.report.conftest import R2


def score(mean: float, low: float, high: float, name: str = "random") -> Score:
    return Score(name, "convnet", mean, 0.01, (low, high), 3, 100, 1.0, (low, mean, high))


ROWS = [score(0.80, 0.78, 0.82), score(0.60, 0.5, 0.7)]


def test_an_axis_holds_every_interval_with_ticks_inside() -> None:
    axis = Axis.of(ROWS, ACCURACY)
    assert axis.low < 0.5 < 0.82 < axis.high
    assert all(axis.low <= tick <= axis.high for tick in axis.ticks) and len(axis.ticks) >= 3


def test_places_are_linear_and_stay_inside() -> None:
    axis = Axis.of(ROWS, ACCURACY)
    assert axis.place(0.65) == pytest.approx((axis.place(0.5) + axis.place(0.8)) / 2, abs=0.02)
    assert 0 < axis.place(-9.0) < axis.place(0.5) < axis.place(0.8) < axis.place(9.0) < WIDTH


def test_accuracies_above_one_do_not_stretch_the_axis() -> None:
    assert Axis.of([score(0.9, 0.5, 1.4)], ACCURACY).high < 1.1
    assert Axis.of([score(0.9, 0.5, 1.4)], R2).high > 1.4


def test_one_value_still_has_an_axis() -> None:
    axis = Axis.of([score(0.5, 0.5, 0.5)], ACCURACY)
    assert axis.low < 0.5 < axis.high and len(axis.ticks) >= 1


def test_an_interval_is_drawn_where_it_lies_and_said_in_words() -> None:
    axis = Axis.of(ROWS, ACCURACY)
    drawn = ElementTree.fromstring(interval(ROWS[0], axis))
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
    labels = [text.text for text in ElementTree.fromstring(scale(Axis.of(ROWS, metric))).iter("text")]
    assert labels == expected


def logged(values: list[float], **more: float) -> list[Logged]:
    return [Logged(step + 1, {"loss": value, **more}, 0.1) for step, value in enumerate(values)]


def test_a_curve_is_one_described_drawing_without_foreign_parts() -> None:
    drawn = curves(logged([3.0, 2.0, 1.0], second=1.0), "run-1")
    root = ElementTree.fromstring(drawn.replace("xlink:href", "href"))
    title, description = list(root)[:2]
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}" == "run-1-title run-1-desc"
    assert description.text == "2 terms of the objective over 3 steps of distilling"
    assert "var(--c1)" in drawn and "var(--c2)" in drawn and "var(--c3)" not in drawn
    assert not re.search(r"<style|<metadata|<\?xml|<!DOCTYPE|#0[1-3]0", drawn)


def test_ids_of_two_curves_differ() -> None:
    first, second = (set(re.findall(r' id="([^"]+)"', curves(logged([2.0, 1.0]), key))) for key in ("run-1", "run-2"))
    assert first and not first & {name for name in second if name.startswith(("p", "run"))}


def test_the_same_log_gives_the_same_drawing() -> None:
    assert curves(logged([2.0, 1.0]), "run-1") == curves(logged([2.0, 1.0]), "run-1")


def test_the_axis_is_logarithmic_only_over_wide_positive_ranges() -> None:
    def ticks(values: list[float]) -> list[str]:
        return re.findall(r">([\d.−-]+)</text>", curves(logged(values), "run-1"))

    assert {"1", "10", "100"} <= set(ticks([200.0, 20.0, 2.0, 0.5]))
    assert "10" not in ticks([4.0, 3.0, 2.0])
    assert curves(logged([200.0, 1.0, -1.0]), "run-1")


def test_too_short_a_log_has_no_curve() -> None:
    assert curves(logged([1.0]), "run-1") == curves([], "run-1") == curves([Logged(1), Logged(2)], "run-1") == ""
