"""Curves: what was logged, as one described drawing in the page's colours."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

from condenset.report.curves import curves
from condenset.report.records import Logged


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
