"""Rows as Markdown, CSV, LaTeX and JSON."""

from __future__ import annotations

import csv
import io
import json

import pytest

from condenset.core.errors import UnknownNameError
from condenset.report.tables import rows_to
from tests.report.conftest import ERROR, R2, evaluation, row

ROWS = evaluation()["rows"]


def test_markdown_shows_percent_with_intervals_and_the_best_in_bold() -> None:
    lines = rows_to(ROWS, "markdown").splitlines()
    assert lines[0] == "| name | network | accuracy, % | std | 95 % interval | repeats | bytes | training, s |"
    assert lines[1] == "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    assert lines[2] == "| distilled | convnet | **82.9** | 0.2 | 82.6–83.3 | 5 | 314400 | 11.2 |"
    assert [line for line in lines if "**" in line] == [lines[2]]


def test_the_best_is_per_setting() -> None:
    rows = [{"method": m, "budget": b} | row("distilled", [s], 1, 1.0) for m, b, s in (
        ("dm", "1", 0.5), ("dc", "1", 0.6), ("dm", "10", 0.7), ("dc", "10", 0.65))]  # fmt: skip
    bold = [line.split(" | ")[0].strip("| ") for line in rows_to(rows, "markdown").splitlines() if "**" in line]
    assert bold == ["dc", "dm"]
    bold = [line.split(" | ")[0].strip("| ") for line in rows_to(rows, "markdown", ERROR).splitlines() if "**" in line]
    assert bold == ["dm", "dc"]


def test_other_metrics_are_numbers() -> None:
    text = rows_to([row("distilled", [0.5, 0.54], 1, 1.0)], "markdown", metric=R2)
    assert "| r2 |" in text and "**0.520**" in text


def test_csv_holds_fractions_and_the_ends_of_the_interval() -> None:
    read = list(csv.DictReader(io.StringIO(rows_to(ROWS, "csv"))))
    assert [float(r["mean"]) for r in read] == [r["mean"] for r in ROWS]
    assert [float(r["ci95_low"]) for r in read] == [r["ci95"][0] for r in ROWS]
    assert "ci95" not in read[0] and "scores" not in read[0]


def test_json_holds_the_rows_as_they_are() -> None:
    assert json.loads(rows_to(ROWS, "json")) == ROWS


def test_latex_is_a_booktabs_table_with_special_letters_escaped() -> None:
    text = rows_to([row("a_b & 100 %", [0.5], 1, 1.0), row("c\\d", [0.4], 1, 1.0)], "latex")
    lines = text.splitlines()
    assert lines[0] == r"\begin{tabular}{llrrrrrr}" and lines[-1] == r"\end{tabular}"
    assert lines[4].startswith(r"a\_b \& 100 \% & convnet & \textbf{50.0} & ")
    assert lines[5].startswith(r"c\textbackslash{}d & ")
    assert "50.0--50.0" in lines[4]


def test_a_bar_in_a_name_does_not_break_markdown() -> None:
    assert r"| a\|b |" in rows_to([row("a|b", [0.5], 1, 1.0)], "markdown")


def test_another_format_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'markdown'"):
        rows_to(ROWS, "markdwn")
