"""Rows of scores as Markdown, CSV, LaTeX or JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from condenset.core.errors import UnknownNameError
from condenset.core.metric import ACCURACY, Metric, score_text

Rows = Sequence[Mapping[str, Any]]
_SETTING = ("dataset", "budget", "network")  # rows that agree in these compete for the best
_ROBUST = ("own_labels", "augmented", "lrs", "ars")  # what a score owes to labels and augmentation
_SCORE = ("mean", "std", "ci95", *_ROBUST)
_COLUMNS = ("method", "codec", *_SETTING[:2], "name", _SETTING[2], *_SCORE, "repeats", "bytes", "train_s")
_WORDS = ("method", "codec", "name", *_SETTING)
_HEADS = {
    "ci95": "95 % interval",
    "own_labels": "own labels, %",
    "augmented": "augmented, %",
    "lrs": "LRS",
    "ars": "ARS",
    "train_s": "training, s",
}
_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{c: f"\\{c}" for c in "&%$#_{}"},
}


def rows_to(rows: Rows, format: str, metric: Metric = ACCURACY) -> str:
    """Rows as text that ends in a newline.

    Args:
        rows: records of an evaluation, perhaps with "method", "dataset" and "budget"; a column that no row has is
            left out.
        format: "markdown" and "latex" show accuracies in percent and the best row of every dataset, budget and
            network in bold, where full data do not compete; "csv" and "json" hold the values as they are.
        metric: of the scores; fractions are shown in percent.

    Raises `UnknownNameError` for another format.
    """
    writers: dict[str, Callable[[], str]] = {
        "markdown": lambda: _markdown(_shown(rows, metric, _best(rows, metric), "**{}**", _for_markdown)),
        "latex": lambda: _latex(_shown(rows, metric, _best(rows, metric), r"\textbf{{{}}}", _for_latex)),
        "csv": lambda: _csv(rows),
        "json": lambda: json.dumps([dict(row) for row in rows], indent=2, ensure_ascii=False) + "\n",
    }
    if format not in writers:
        raise UnknownNameError("table format", format, writers)
    return writers[format]()


def markdown_table(heads: Sequence[str], lines: Sequence[Sequence[str]], numbers: Sequence[str] = ()) -> str:
    """A Markdown table of finished cells, ending in a newline; columns named in `numbers` are aligned to the right."""
    rule = ["---:" if head in numbers else "---" for head in heads]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (heads, rule, *lines))


def _columns(rows: Rows) -> list[str]:
    return [column for column in _COLUMNS if any(column in row for row in rows)]


def _best(rows: Rows, metric: Metric) -> set[int]:
    """Positions of the best row in every setting."""
    best: dict[tuple[Any, ...], int] = {}
    for number, row in enumerate(rows):
        setting = tuple(row.get(key) for key in _SETTING)
        if row.get("name") != "full" and metric.gain(row["mean"], rows[best.get(setting, number)]["mean"]) > 0:
            best[setting] = number
        elif row.get("name") != "full":
            best.setdefault(setting, number)
    return set(best.values())


def _shown(
    rows: Rows, metric: Metric, best: set[int], bold: str, escape: Callable[[str], str]
) -> tuple[list[str], list[list[str]]]:
    """Heads and cells as people read them."""
    columns = _columns(rows)
    heads = [_HEADS.get(column, column) for column in columns]
    heads[columns.index("mean")] = f"{metric.name}, %" if metric.unit == "fraction" else metric.name
    lines = []
    for number, row in enumerate(rows):
        cells = [escape(_cell(column, row.get(column), metric)) for column in columns]
        if number in best:
            cells[columns.index("mean")] = bold.format(cells[columns.index("mean")])
        lines.append(cells)
    return [escape(head) for head in heads], lines


def _cell(column: str, value: Any, metric: Metric) -> str:
    if value is None:
        return ""
    if column == "ci95":
        return "–".join(score_text(float(end), metric, unit=False) for end in value)
    if column in ("mean", "std", "own_labels", "augmented"):
        return score_text(float(value), metric, unit=False)
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _for_markdown(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ")


def _for_latex(text: str) -> str:
    return "".join(_LATEX.get(letter, letter) for letter in text).replace("–", "--")


def _markdown(shown: tuple[list[str], list[list[str]]]) -> str:
    heads, lines = shown
    numbers = [head for head in heads if head not in _WORDS]
    return markdown_table(heads, lines, numbers)


def _latex(shown: tuple[list[str], list[list[str]]]) -> str:
    heads, lines = shown
    letters = "".join("l" if head in _WORDS else "r" for head in heads)
    body = [" & ".join(cells) + r" \\" for cells in (heads, *lines)]
    opened = [rf"\begin{{tabular}}{{{letters}}}", r"\toprule", body[0], r"\midrule"]
    return "\n".join([*opened, *body[1:], r"\bottomrule", r"\end{tabular}", ""])


def _csv(rows: Rows) -> str:
    text = io.StringIO()
    columns = _columns(rows)
    heads = [name for c in columns for name in (("ci95_low", "ci95_high") if c == "ci95" else (c,))]
    writer = csv.DictWriter(text, heads, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        low, high = row.get("ci95") or (None, None)
        writer.writerow({**row, "ci95_low": low, "ci95_high": high})
    return text.getvalue()
