"""Which columns of a table are texts and which is their label: by what they hold, or as asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from condenset.core.errors import DataError, RequestError, UnknownNameError

if TYPE_CHECKING:
    import pandas as pd

_WORDS = 6.0  # of a cell on average: a category, a name or an address has fewer
_DISTINCT = 0.8  # share of the cells that differ, which categories do not
_LABELS = ("label", "target", "class", "y", "category", "sentiment", "topic", "intent")
_OTHERS = 2  # columns beside texts and label, such as a number of the row; more make a table with a note in it
_SAMPLE = 1000  # cells that tell


@dataclass(frozen=True)
class Chosen:
    """Columns of texts, joined by a blank, and of their labels; why it is these, and what is left out."""

    texts: tuple[str, ...]
    label: str
    why_texts: str
    why_label: str
    others: tuple[str, ...]


def choose(frame: pd.DataFrame, name: str, texts: Sequence[str], label: str | None) -> Chosen:
    """The columns of a table.

    Args: name, what messages call it; texts, label, as asked; empty and None: those that look like it.
    Raises `UnknownNameError` for a column that is not there, `DataError` where no column is texts, or the label's.
    """
    for column in (*texts, *([label] if label else [])):
        if column not in frame.columns:
            raise UnknownNameError("column", column, frame.columns)
    if label in texts:
        raise RequestError(f"column {label!r} cannot be text and label at once: name two columns")
    chosen = tuple(texts) or tuple(str(column) for column in frame if column != label and is_text(frame[column]))
    if not chosen:
        held = ", ".join(f"{column!r} ({_held(frame[column])})" for column in frame)
        raise DataError(
            f"{name} has no column of texts, of {_WORDS:g} words or more that mostly differ, among {held}: name it "
            "with --text-column (in Python text_column=), or open it as a table with --task tabular"
        )
    rest = [str(column) for column in frame if column not in chosen]
    goal, why = (label, "as asked") if label else _label(rest, name)
    why_texts = "as asked" if texts else "since it holds many words that mostly differ"
    return Chosen(chosen, goal, why_texts, why, tuple(column for column in rest if column != goal))


def looks_like_texts(frame: pd.DataFrame) -> bool:
    """Whether a table holds texts and their label, and little else."""
    try:
        chosen = choose(frame, "", (), None)
    except DataError:
        return False
    return len(chosen.others) <= _OTHERS


def is_text(column: pd.Series) -> bool:
    """Whether the cells of a column are texts of many words that mostly differ."""
    cells = column.dropna().iloc[:_SAMPLE]
    if len(cells) < 2 or not cells.map(lambda cell: isinstance(cell, str)).all():
        return False
    return bool(_words(cells) >= _WORDS and cells.nunique() >= _DISTINCT * len(cells))


def _label(columns: Sequence[str], name: str) -> tuple[str, str]:
    lower = {column.lower(): column for column in columns}
    named = next((lower[usual] for usual in _LABELS if usual in lower), None)
    if named is not None:
        return named, "for its name, since none was named"
    if len(columns) == 1:
        return columns[0], "the only column beside the text"
    raise DataError(
        f"{name} does not say which of {', '.join(map(repr, columns)) or 'its columns'} is the label: name it with "
        "--target (in Python target=)"
    )


def _words(cells: pd.Series) -> float:
    return float(cells.map(lambda cell: len(cell.split())).mean())


def _held(column: pd.Series) -> str:
    cells: Any = column.dropna().iloc[:_SAMPLE]
    if not len(cells) or not cells.map(lambda cell: isinstance(cell, str)).all():
        return "no text"
    return f"{_words(cells):.1f} words, {cells.nunique()} of {len(cells)} differ"
