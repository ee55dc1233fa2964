"""What a set holds as a table of rows, for data that people read so: rows of a table, texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from condenset.artifact.card import Card
from condenset.artifact.reading import read
from condenset.core.offers import readable
from condenset.report.grid import Cell, Column, Grid, Line
from condenset.report.wording import count_text

_ROWS = 16
_COLUMNS = 20  # at each end, for what is predicted comes last
_LETTERS = 300  # of a cell
_LINE = 40  # letters of a cell that is one line


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
    return Grid("Rows", _caption(len(shown), len(frame), hidden), tuple(columns), tuple(lines))


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


def _caption(shown: int, rows: int, hidden: int) -> str:
    more = f" Columns not shown: {hidden}." if hidden else ""
    return f"{shown} of {count_text(rows)} rows that the set holds.{more}"
