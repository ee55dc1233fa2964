"""The page's sortable tables: of scores, what stands in which cell, by what it sorts and which is best; of what a set
holds, for data that people read so, its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from condenset.artifact.card import Card
from condenset.artifact.reading import read
from condenset.core.metric import Metric, score_text
from condenset.core.offers import readable
from condenset.evaluation.rows import Measured, Row
from condenset.report.interval import Axis, interval, scale
from condenset.report.standings import FULL, Entrant, Standings
from condenset.report.wording import bytes_text, count_text, seconds_text, titled

_LABELS = {"random-same-labels": "random, same labels", FULL: "full data"}
_ROWS = 16  # of a set, at most
_COLUMNS = 20  # at each end, for what is predicted comes last
_LETTERS = 300  # of a cell
_LINE = 40  # letters of a cell that is one line


@dataclass(frozen=True)
class Column:
    """A column: its label, whether it holds numbers, how it is sorted at first ("none"), what hangs below the label."""

    label: str | Markup
    numeric: bool = True
    sort: str = "none"
    below: str | Markup = ""


@dataclass(frozen=True)
class Cell:
    """A cell: what it shows, what it sorts by, what stands below in small, where it leads, whether it is the best."""

    text: str | Markup
    value: str | int | float
    note: str = ""
    href: str = ""
    best: bool = False


_NOTHING = Cell("–", "")


@dataclass(frozen=True)
class Line:
    """A row of the table; `own` is that of a set."""

    cells: tuple[Cell, ...]
    own: bool


@dataclass(frozen=True)
class Grid:
    """A sortable table."""

    title: str
    caption: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def score_grids(standings: Standings) -> tuple[Grid, ...]:
    """A table for each metric that was measured, the one that ranks first; the best row on top."""
    return tuple(_grid(standings, metric) for metric in standings.metrics)


def _grid(standings: Standings, metric: Metric) -> Grid:
    entrants = standings.ranked(metric)
    heads, cells = zip(*_scores(standings, entrants, metric), *_costs(entrants), strict=True)
    rows = zip(entrants, zip(*cells, strict=True), strict=True)
    lines = tuple(Line(row, own=entrant.run is not None) for entrant, row in rows)
    return Grid(titled(metric), _caption(standings, metric), heads, lines)


def _scores(standings: Standings, entrants: Sequence[Entrant], metric: Metric) -> list[tuple[Column, list[Cell]]]:
    """Names, means with their intervals, and a column for every learner."""
    means = [standings.mean(entrant, metric) for entrant in entrants]
    drawn = [None if entrant.guesses else mean for entrant, mean in zip(entrants, means, strict=True)]  # far from all
    axis = Axis.of([mean for mean in drawn if mean], metric)
    learners = standings.learners if len(standings.learners) > 1 else ()  # one alone is its own mean
    label = f"{titled(metric)}, {'mean' if learners else ', '.join(standings.learners)}"
    order = "descending" if metric.higher_is_better else "ascending"
    columns = [
        (Column("Trained on", False), [_named(entrant, standings) for entrant in entrants]),
        (Column(label, sort=order), _scored(entrants, means, metric)),
        (Column("95 % interval", below=scale(axis)), [_drawn(mean, axis) for mean in drawn]),
    ]
    for learner in learners:
        scores = [standings.score(entrant, learner, metric) for entrant in entrants]
        columns.append((Column(Markup(":<wbr>").join(learner.split(":"))), _scored(entrants, scores, metric)))
    return columns


def _costs(entrants: Sequence[Entrant]) -> list[tuple[Column, list[Cell]]]:
    columns = [
        (Column("Sets × repeats"), [_repeated(entrant.first) for entrant in entrants]),
        (Column("Bytes"), [_amount(entrant.first.bytes, bytes_text) for entrant in entrants]),
        (Column("Training"), [_amount(entrant.train_s, seconds_text) for entrant in entrants]),
    ]
    if any(entrant.distil_s for entrant in entrants):
        columns.append((Column("Distilling"), [_amount(entrant.distil_s, seconds_text) for entrant in entrants]))
    return columns


def _caption(standings: Standings, metric: Metric) -> str:
    learners, shared = standings.learners, standings.shared
    over = f" The mean is over {', '.join(shared) or 'none'}: no other graded every set." if shared != learners else ""
    alike = " The interval of a mean is the mean of its learners', who may err alike." if len(shared) > 1 else ""
    return (
        f"{titled(metric)} on held-out real data of {standings.task}, with 95 % intervals over sets, learners and the "
        f"test data.{over}{alike} Small dots are what a mean is of. A star marks the best of its column; the full data "
        "do not compete."
    )


def _named(entrant: Entrant, standings: Standings) -> Cell:
    label = _LABELS.get(entrant.name, entrant.name)
    if entrant.run is None:
        return Cell(label, label)
    name = entrant.run.name if entrant.anchor else label
    return Cell(name, name, standings.label(entrant), f"#{entrant.anchor}" if entrant.anchor else "")


def _scored(entrants: Sequence[Entrant], scores: Sequence[Measured | None], metric: Metric) -> list[Cell]:
    """Scores above their intervals, the best marked."""
    rivals = [score.mean for entrant, score in zip(entrants, scores, strict=True) if score and entrant.name != FULL]
    best = metric.best(rivals) if rivals else None
    cells = []
    for entrant, score in zip(entrants, scores, strict=True):
        if score is None:
            cells.append(_NOTHING)
            continue
        low, high = (score_text(end, metric, unit=False) for end in score.ci95)
        won = score.mean == best and entrant.name != FULL
        cells.append(Cell(score_text(score.mean, metric), score.mean, f"{low} to {high}", best=won))
    return cells


def _drawn(score: Measured | None, axis: Axis) -> Cell:
    return Cell(interval(score, axis), score.ci95[0]) if score else _NOTHING


def _repeated(row: Row) -> Cell:
    return Cell(f"{count_text(row.sets)} × {count_text(row.repeats)}", row.sets * row.repeats)


def _amount(value: int | float, text: Callable[[int | float], str]) -> Cell:
    return Cell(text(value), value) if value else Cell("–", 0)


def rows_held(folder: Path, card: Card) -> Grid | None:
    """Up to 16 decoded rows of a set, evenly spaced, in raw values; None where the tensors are not there, and for sets
    that are looked at, not read.

    Raises `ArtifactError` where the folder is damaged.
    """
    if not readable(card.task.modality, card.codec.name) or not (folder / card.data).exists():
        return None
    frame = read(folder).synthetic.to_pandas()
    shown = frame.iloc[_spread(len(frame)), _ends(frame.shape[1])]
    numeric = [kind.kind in "iuf" for kind in shown.dtypes]
    columns = (Column(str(name), number) for name, number in zip(shown, numeric, strict=True))
    lines = (Line(tuple(map(_cell, row)), own=False) for row in shown.itertuples(index=False, name=None))
    hidden = frame.shape[1] - shown.shape[1]
    more = f" Columns not shown: {hidden}." if hidden else ""
    caption = f"{len(shown)} of {count_text(len(frame))} rows that the set holds.{more}"
    return Grid("Rows", caption, tuple(columns), tuple(lines))


def _spread(rows: int) -> list[int]:
    return [int(row) for row in np.linspace(0, rows - 1, min(_ROWS, rows)).round()]


def _ends(columns: int) -> list[int]:
    return [column for column in range(columns) if column < _COLUMNS or column >= columns - _COLUMNS]


def _cell(value: Any) -> Cell:
    if value is None or value != value:
        return Cell("–", "")
    if isinstance(value, float | np.floating):
        return Cell(f"{value:.5g}", float(value))
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return Cell(str(value), int(value))
    text = str(value)[:_LETTERS]
    shown = text if len(str(value)) <= _LETTERS else f"{text[:-1]}…"
    return Cell(Markup('<span class="long">{}</span>').format(shown) if len(text) > _LINE else shown, text)
