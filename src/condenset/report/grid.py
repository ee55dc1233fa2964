"""The page's sortable tables of scores: what stands in which cell, by what it sorts, which row is best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from markupsafe import Markup

from condenset.core.metric import Metric, metric_text, score_text
from condenset.report.figures import Axis, interval, scale
from condenset.report.records import Grading, Run, Score
from condenset.report.wording import bytes_text, count_text, seconds_text

_Row = TypeVar("_Row")
_LABELS = {
    "distilled": "distilled",
    "random-same-labels": "random, same labels",
    "full": "full data",
}


@dataclass(frozen=True)
class Column:
    """A column: its label, whether it holds numbers, how it is sorted at first ("none"), what hangs below the label."""

    label: str
    numeric: bool = True
    sort: str = "none"
    below: str | Markup = ""


@dataclass(frozen=True)
class Cell:
    """A cell: what it shows, what it sorts by, where it leads."""

    text: str | Markup
    value: str | int | float
    href: str = ""


@dataclass(frozen=True)
class Line:
    """A row of the table."""

    cells: tuple[Cell, ...]
    best: bool = False
    own: bool = False


@dataclass(frozen=True)
class Grid:
    """A sortable table."""

    caption: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def score_grid(grading: Grading) -> Grid:
    """One evaluation, best row first."""
    axis, best = Axis.of(grading.rows, grading.metric), grading.best()
    lines = [
        Line(
            (
                Cell(_LABELS.get(row.name, row.name), row.name),
                *_measured(row, axis),
                Cell(score_text(row.std, axis.metric, unit=False) if row.learners > 1 else "–", row.std),
                Cell(count_text(row.sets), row.sets),
                Cell(count_text(row.learners), row.learners),
                Cell(bytes_text(row.bytes), row.bytes),
                Cell(seconds_text(row.train_s), row.train_s),
            ),
            best=any(row is winner for winner in best),
            own=row.name == "distilled",
        )
        for row in _ranked(grading.rows, grading.metric.higher_is_better, lambda row: row.mean)
    ]
    last = map(Column, ("Std", "Sets", "Learners", "Bytes", "Training"))
    columns = (Column("Trained on", False), *_columns(grading, axis), *last)
    metric = metric_text(grading.metric)
    caption = (
        f"Mean {metric} on held-out real data under the exam {grading.exam}. Bars are 95 % intervals of the mean, "
        "over sets, learners and the test data, small dots single learners. A star marks "
        "the best row of each network; the full data do not compete."
    )
    return Grid(caption, columns, tuple(lines))


def comparison_grids(runs: Sequence[tuple[str, Run]]) -> tuple[Grid, ...]:
    """Runs, given as (id of the section, run), beside each other: a table for each dataset and metric."""
    together: dict[tuple[str, Metric], list[tuple[str, Run, Grading]]] = {}
    for anchor, run in runs:
        if run.grading is not None:
            key = (run.card.task.name, run.grading.metric)
            together.setdefault(key, []).append((anchor, run, run.grading))
    return tuple(_comparison(task, entries) for (task, _), entries in together.items())


def _comparison(task: str, entries: Sequence[tuple[str, Run, Grading]]) -> Grid:
    grading = entries[0][2]
    rows = [(anchor, run, row) for anchor, run, graded in entries for row in graded.of("distilled")]
    axis = Axis.of([row for _, _, row in rows], grading.metric)
    best = Grading(grading.exam, grading.metrics, tuple(row for _, _, row in rows)).best()
    lines = [
        Line(
            (
                Cell(run.path.resolve().name, run.path.resolve().name, f"#{anchor}"),
                Cell(run.method, run.method),
                *_measured(row, axis),
                Cell(count_text(row.learners), row.learners),
                Cell(bytes_text(row.bytes), row.bytes),
                Cell(seconds_text(run.seconds), run.seconds),
            ),
            best=any(row is winner for winner in best),
        )
        for anchor, run, row in _ranked(rows, grading.metric.higher_is_better, lambda entry: entry[2].mean)
    ]
    last = map(Column, ("Learners", "Bytes", "Distilling"))
    columns = (Column("Run", False), Column("Method", False), *_columns(grading, axis), *last)
    exams = sorted({f"{graded.exam} {graded.exam_hash[:6]}".strip() for _, _, graded in entries})
    warning = "" if len(exams) == 1 else f" The exams differ ({', '.join(exams)}), so the rows are not comparable."
    caption = f"Sets distilled from {task}. Bars are 95 % intervals; a star marks the best set of each network."
    return Grid(caption + warning, columns, tuple(lines))


def _ranked(rows: Sequence[_Row], higher_is_better: bool, score: Callable[[_Row], float]) -> list[_Row]:
    return sorted(rows, key=score, reverse=higher_is_better)


def _columns(grading: Grading, axis: Axis) -> tuple[Column, ...]:
    order = "descending" if grading.metric.higher_is_better else "ascending"
    metric = metric_text(grading.metric)
    mean = Column(f"{metric[:1].upper()}{metric[1:]}", sort=order)
    return mean, Column("95 % interval", below=scale(axis)), Column("Network", False)


def _measured(row: Score, axis: Axis) -> tuple[Cell, ...]:
    picture = Cell(interval(row, axis), row.ci95[0])
    return Cell(score_text(row.mean, axis.metric), row.mean), picture, Cell(row.network, row.network)
