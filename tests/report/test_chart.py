"""The chart of score against bytes: what stands where, what is drawn once, and what it says in words."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from condenset.report.chart import Chart, chart
from condenset.report.records import read_run
from condenset.report.standings import standings_across
from tests.report.conftest import HOSTILE, evaluation, row, write_run
from tests.report.test_wording import plain

FULL = row("full", [0.9], 10**8, 1.0)


def drawn(folder: Path, sets: list[tuple[str, int, float]], *baselines: dict[str, Any]) -> Chart | None:
    """Of sets (method, bytes, score), each graded beside the same baselines."""
    runs = []
    for number, (method, size, score) in enumerate(sets):
        rows = [row("distilled", [score - 0.01, score + 0.01], size, 1.0), *baselines]
        graded = evaluation() | {"rows": rows}
        runs.append(write_run(folder / str(number), evaluations=[graded], recipe={"method": method}))
    (standings,) = standings_across([(f"run-{n}", read_run(run)) for n, run in enumerate(runs)])
    return chart(standings, "chart-1")


def marks(found: Chart, ink: str) -> list[tuple[float, float]]:
    """Where the marks of a colour stand, from the left; y grows downwards."""
    root = ElementTree.fromstring(found.drawn.replace("xlink:href", "href"))
    uses = [node for node in root.iter() if node.tag.endswith("use") and f"fill: {ink}" in node.get("style", "")]
    return [
        (float(node.get("x", "nan")), float(node.get("y", "nan")))
        for node in uses
        if "stroke: " + ink in str(node.attrib)
    ]


def test_bytes_are_on_a_logarithmic_axis_and_scores_on_a_linear_one(tmp_path: Path) -> None:
    found = drawn(tmp_path, [("dm", 1000, 0.3), ("dm", 100_000, 0.7), ("dm", 10_000, 0.5)], FULL)
    assert found is not None
    (x1, y1), (x2, y2), (x3, y3) = marks(found, "var(--c1)")
    assert x2 - x1 == pytest.approx(x3 - x2, rel=1e-3) and x1 < x2
    assert y1 - y2 == pytest.approx(y2 - y3, rel=1e-3) and y1 > y2


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((5040, 5040), ["4.0 kB", "5.0 kB", "6.0 kB"]),
        ((7900, 7900), ["6.0 kB", "8.0 kB", "10.0 kB"]),
        ((2600, 29600), ["2.0 kB", "5.0 kB", "10.0 kB", "20.0 kB"]),
        ((100, 5_000_000), ["100 B", "1.0 kB", "10.0 kB", "100 kB", "1.0 MB"]),
    ],
)
def test_ticks_are_round_and_few(tmp_path: Path, sizes: tuple[int, int], expected: list[str]) -> None:
    found = drawn(tmp_path, [("dm", size, 0.5) for size in sizes])
    assert found is not None
    assert re.findall(r">([\d.]+ \w?B)<", plain(found.drawn)) == expected


def test_a_method_is_a_line_and_a_baseline_stands_once(tmp_path: Path) -> None:
    random = row("random", [0.2, 0.3], 1000, 1.0)
    found = drawn(tmp_path, [("dm", 1000, 0.3), ("kip", 1000, 0.5), ("dm", 9000, 0.6)], random, FULL)
    assert found is not None
    assert [(line.label, line.own, line.ink, line.mark, len(line.points)) for line in found.series] == [
        ("dm", True, "var(--c1)", "●", 2),
        ("kip", True, "var(--c2)", "■", 1),
        ("random", False, "var(--muted)", "○", 1),
    ]
    assert plain(found.full) == "full data, 90.0 %"
    assert "var(--ink)" in found.drawn, "the full data are a line"


def test_it_says_in_words_what_it_shows(tmp_path: Path) -> None:
    found = drawn(tmp_path, [("dm", 1000, 0.3), ("dm", 9000, 0.6)], row("random", [0.2], 1000, 1.0), FULL)
    assert found is not None and found.title == "Accuracy, %, against bytes"
    description = plain(re.findall(r"<desc [^>]*>(.*?)</desc>", found.drawn)[0])
    assert description == "dm: 30.0 % at 1.0 kB, 60.0 % at 9.0 kB; random: 20.0 % at 1.0 kB; full data, 90.0 %"


def test_intervals_are_drawn_from_end_to_end(tmp_path: Path) -> None:
    found = drawn(tmp_path, [("dm", 1000, 0.5)], row("random", [0.2, 0.4], 1000, 1.0))
    assert found is not None and found.full == ""
    ((x, y),) = marks(found, "var(--c1)")
    bars = re.findall(r'd="M ([\d.]+) ([\d.]+) \nL \1 ([\d.]+) \n"[^>]*stroke: var\(--c1\)', found.drawn)
    ((place, low, high),) = bars
    assert float(place) == pytest.approx(x, abs=0.01)
    assert float(low) - y == pytest.approx(y - float(high), abs=0.01) and float(low) > y


def test_series_at_the_same_bytes_do_not_cover_each_other(tmp_path: Path) -> None:
    found = drawn(tmp_path, [(f"m{number}", 1000, 0.5) for number in range(8)])
    assert found is not None
    places = [x for number in range(1, 7) for x, _ in marks(found, f"var(--c{number})")]
    assert len(set(places)) == 8
    looks = {(line.ink, line.mark) for line in found.series}
    assert len(looks) == 8, "colours come again with other shapes"


def test_what_guesses_has_no_place(tmp_path: Path) -> None:
    found = drawn(tmp_path, [("dm", 1000, 0.5)], row("majority class", [0.1], 0, 0.0, "any"))
    assert found is not None and [line.label for line in found.series] == ["dm"]


def test_a_hostile_name_is_text(tmp_path: Path) -> None:
    found = drawn(tmp_path, [(HOSTILE + "$\\frac$", 1000, 0.5)], row(HOSTILE, [0.2], 1000, 1.0))
    assert found is not None
    assert "<script" not in found.drawn and "&lt;script&gt;" in found.drawn


def test_without_a_mean_of_a_set_there_is_no_chart(tmp_path: Path) -> None:
    learners = [evaluation() | {"rows": [row("distilled", [0.5], 9, 1.0, name)]} for name in ("mlp", "gcn")]
    runs = [read_run(write_run(tmp_path / str(n), evaluations=[e])) for n, e in enumerate(learners)]
    (standings,) = standings_across([(f"run-{n}", run) for n, run in enumerate(runs)])
    assert chart(standings, "chart-1") is None
