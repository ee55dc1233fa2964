"""Score against bytes, as a drawing: sets by method, what they must beat, and the full data as a line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from operator import itemgetter
from typing import TYPE_CHECKING

from markupsafe import Markup

from condenset.core.metric import Metric, score_text
from condenset.evaluation.rows import Measured
from condenset.report.drawing import COLOURS, INK, MUTED, colour, drawing
from condenset.report.standings import FULL, Standings
from condenset.report.wording import bytes_text, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHAPES = {"o": "●○", "s": "■□", "D": "◆◇", "^": "▲△", "v": "▼▽"}  # Matplotlib's name, and filled and open as letters
_APART = 0.018  # of the axis, between series: at the same bytes their intervals would cover each other
_DIGITS = ((1,), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 6, 8))  # of ticks
_ROOM = 1.5  # at both ends of the axis, as a factor


@dataclass(frozen=True)
class Series:
    """A method's sets or a baseline over sizes.

    Attributes:
        label: for the legend.
        own: whether these are sets.
        number: among the series of its kind; colour and shape follow from it.
        points: (bytes, score), by bytes.
    """

    label: str
    own: bool
    number: int
    points: tuple[tuple[int, Measured], ...]

    @property
    def ink(self) -> str:
        """The page's variable for its colour."""
        return f"var(--c{self.number % COLOURS + 1})" if self.own else "var(--muted)"

    @property
    def mark(self) -> str:
        """Its shape as a letter: filled for sets, open for baselines."""
        return _SHAPES[self._shape][0 if self.own else 1]

    @property
    def _shape(self) -> str:
        return list(_SHAPES)[self.number % len(_SHAPES)]

    def draw(self, axes: Axes, shift: float) -> None:
        """Args: shift, a factor on the bytes."""
        ink, filled = (colour(self.number), "full") if self.own else (MUTED, "none")
        sizes = [size * shift for size, _ in self.points]
        means, lows, highs = zip(*((score.mean, *score.ci95) for _, score in self.points), strict=True)
        axes.vlines(sizes, lows, highs, color=ink, linewidth=1.2)
        axes.plot(sizes, means, "-" if self.own else ":", color=ink, marker=self._shape, fillstyle=filled)


@dataclass(frozen=True)
class Chart:
    """The drawing, what its axes are, and what its legend says: the series, and the full data in words, if any."""

    title: str
    drawn: Markup
    series: tuple[Series, ...]
    full: str


def chart(standings: Standings, key: str) -> Chart | None:
    """Means over the learners in the metric that ranks; None where no set has one. Args: key, as of `drawing`."""
    metric = standings.grading.metric
    series = _series(standings)
    if not any(line.own for line in series):
        return None
    full = next((entrant for entrant in standings.entrants if entrant.name == FULL), None)
    ceiling = standings.mean(full, metric) if full else None

    def draw(axes: Axes) -> None:
        low, high = _extent(series)
        for place, line in enumerate(series):
            line.draw(axes, (high / low) ** (_APART * (place - (len(series) - 1) / 2)))
        if ceiling:
            axes.axhline(ceiling.mean, color=INK, linewidth=1.2)
            axes.axhspan(*ceiling.ci95, color=INK, alpha=0.08, linewidth=0)
        _scale(axes, low, high, metric)

    title = f"{titled(metric)}{', %,' if metric.unit == 'fraction' else ''} against bytes"
    reached = f"full data, {score_text(ceiling.mean, metric)}" if ceiling else ""
    points = (f"{line.label}: {', '.join(_said(point, metric) for point in line.points)}" for line in series)
    described = "; ".join(filter(None, (*points, reached)))
    return Chart(title, drawing("chart", key, title, described, draw), series, reached)


def _extent(series: Sequence[Series]) -> tuple[float, float]:
    """The ends of the axis of bytes."""
    sizes = [size for line in series for size, _ in line.points]
    return min(sizes) / _ROOM, max(sizes) * _ROOM


def _scale(axes: Axes, low: float, high: float, metric: Metric) -> None:
    factor = 100 if metric.unit == "fraction" else 1
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_xlabel("bytes of data and labels")
    axes.set_xticks([], minor=True)
    axes.set_xticks(ticks := _ticks(low, high), [bytes_text(tick) for tick in ticks])
    axes.yaxis.set_major_formatter(lambda value, _: f"{factor * value:g}")


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers of bytes, three or more: powers of ten where they reach, else what lies between."""
    ticks: list[float] = []
    for digits in _DIGITS:
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)))
        candidates = (digit * 10.0**power for power in powers for digit in digits)
        ticks = [tick for tick in candidates if low <= tick <= high]
        if len(ticks) > 2:
            break
    return ticks


def _series(standings: Standings) -> tuple[Series, ...]:
    """A line for each method and each baseline; what guesses has no bytes, and no place on the axis."""
    metric = standings.grading.metric
    found: dict[tuple[bool, str], list[tuple[int, Measured]]] = {}
    for entrant in standings.entrants:
        mean, size = standings.mean(entrant, metric), entrant.first.bytes
        if mean and size > 0 and entrant.name != FULL:
            found.setdefault((entrant.run is not None, standings.label(entrant)), []).append((size, mean))
    numbers = {True: count(), False: count()}
    return tuple(
        Series(label, own, next(numbers[own]), tuple(sorted(points, key=itemgetter(0))))
        for (own, label), points in found.items()
    )


def _said(point: tuple[int, Measured], metric: Metric) -> str:
    size, score = point
    return f"{score_text(score.mean, metric)} at {bytes_text(size)}"
