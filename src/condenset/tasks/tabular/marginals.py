"""Every column of a set beside that of the data: what a table of rows does not show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from condenset.tasks.preview import short

_SHOWN = 12  # columns, at most
_ACROSS = 4
_BINS = 16
_CATEGORIES = 6  # the most frequent ones of the data
_LETTERS = 14
_REAL, _OURS = "#cbd5e1", "#1d4ed8"
_HEIGHT = 1.35  # inches of a row of columns
_TITLE, _NAMES, _TICKS, _BETWEEN = 0.5, 0.85, 0.2, 0.4  # inches above the columns, left of each, below and between rows
_RIGHT = 0.25  # inches, for half a number below the last column

Weights = Float[np.ndarray, " n"]


def height(frame: pd.DataFrame) -> float:
    """Inches that the columns of a table take."""
    return _HEIGHT * math.ceil(min(_SHOWN, frame.shape[1]) / _ACROSS) + 0.25


def draw(figure: SubFigure, ours: pd.DataFrame, weight: Weights, real: pd.DataFrame) -> None:
    """Draw up to 12 columns, the last one among them: shares of the data in grey, of the set in blue.

    Args: ours, the set's rows; weight (rows,), how much each counts; real, rows of the data, of the same columns.
    """
    names = [*real.columns[:-1][: _SHOWN - 1], real.columns[-1]]
    rows = math.ceil(len(names) / _ACROSS)
    wide, high = figure.bbox.width / figure.dpi, figure.bbox.height / figure.dpi
    figure.text(0.01, 1 - 0.2 / high, "the data in grey, the set in blue", fontsize=9)
    across, down = (wide - _RIGHT) / _ACROSS - _NAMES, (high - _TITLE - _TICKS + _BETWEEN) / rows - _BETWEEN
    edges = {"left": _NAMES / wide, "right": 1 - _RIGHT / wide, "top": 1 - _TITLE / high, "bottom": _TICKS / high}
    grid = figure.add_gridspec(rows, _ACROSS, wspace=_NAMES / across, hspace=_BETWEEN / down, **edges)
    for number, name in enumerate(names):
        axes = figure.add_subplot(grid[number])
        axes.set_title(short(str(name), _LETTERS), fontsize=8, parse_math=False)
        axes.tick_params(labelsize=6, length=2)
        axes.spines[["top", "right"]].set_visible(False)
        _column(axes, ours[name], weight, real[name])


def _column(axes: Axes, ours: pd.Series, weight: Weights, real: pd.Series) -> None:
    if is_numeric_dtype(real) and not is_bool_dtype(real) and real.nunique() > _CATEGORIES:
        edges, there = bin_edges(ours, real), ours.notna().to_numpy()
        real = real.dropna()
        shares = np.histogram(real, edges)[0] / len(real)
        own = np.histogram(ours[there].astype(float), edges, weights=weight[there] / weight[there].sum())[0]
        axes.stairs(shares, edges, fill=True, color=_REAL)
        axes.stairs(own, edges, color=_OURS, linewidth=1.2)
        axes.set_yticks([])
        return
    names, shares = categories(ours, weight, real)
    places = np.arange(len(names))
    axes.barh(places - 0.2, shares[0], 0.4, color=_REAL)
    axes.barh(places + 0.2, shares[1], 0.4, color=_OURS)
    axes.set_yticks(places, [short(name, _LETTERS) for name in names], parse_math=False)
    axes.set_xticks([])
    axes.invert_yaxis()


def bin_edges(ours: pd.Series, real: pd.Series) -> Float[np.ndarray, " edges"]:
    """Edges (17,) from the least to the greatest value of the set and of the data but for a hundredth at each end."""
    values = real.dropna().astype(float)
    low, high = np.quantile(values, [0.01, 0.99])
    own = ours.dropna().astype(float)
    low, high = min([low, *own], default=low), max([high, *own], default=high)
    return np.linspace(low, high if high > low else low + 1, _BINS + 1)


def categories(
    ours: pd.Series, weight: Weights, real: pd.Series
) -> tuple[Sequence[str], Float[np.ndarray, "2 categories"]]:
    """The most frequent values of the data, and their shares (2, categories) of the data and of the set."""
    counted = real.map(text_of).value_counts(normalize=True).head(_CATEGORIES)
    own = pd.Series(weight).groupby(ours.map(text_of).to_numpy()).sum() / weight.sum()
    return list(counted.index), np.stack([counted.to_numpy(), own.reindex(counted.index, fill_value=0).to_numpy()])


def text_of(value: Any) -> str:
    """A cell, in as few figures as tell it."""
    return "–" if value is None or value != value else f"{value:.5g}" if isinstance(value, float) else str(value)
