"""Intervals as inline SVG, each in a row of a table, on an axis that the rows have in common."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from condenset.core.metric import Metric, score_text
from condenset.evaluation.rows import Measured

WIDTH, HEIGHT = 140, 34  # of an interval, in CSS pixels
_MARGIN = 11


@dataclass(frozen=True)
class Axis:
    """A common axis for intervals: its ends, the ticks between them, and what is measured."""

    low: float
    high: float
    ticks: tuple[float, ...]
    metric: Metric

    @classmethod
    def of(cls, scores: Sequence[Measured], metric: Metric) -> Axis:
        """The axis that holds every interval and every single value; of no score, one around 0."""
        from matplotlib.ticker import MaxNLocator

        values = [value for score in scores for value in (*score.ci95, score.mean, *score.values)]
        values = [metric.within(value) for value in values] or [0.0]
        low, high = min(values), max(values)
        pad = 0.06 * (high - low) or 0.01
        low, high = low - pad, high + pad
        ticks = MaxNLocator(nbins=5, steps=[1, 2, 5, 10]).tick_values(low, high)
        return cls(low, high, tuple(float(tick) for tick in ticks if low <= tick <= high), metric)

    def place(self, value: float) -> float:
        """Horizontal position in pixels, held inside the drawing."""
        share = min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)
        return round(_MARGIN + share * (WIDTH - 2 * _MARGIN), 2)


def scale(axis: Axis) -> Markup:
    """The axis' tick labels, for the head of the column that holds the intervals."""
    label = Markup('<text x="{}" y="13" text-anchor="middle">{}</text>')
    factor = 100 if axis.metric.unit == "fraction" else 1
    step = axis.ticks[1] - axis.ticks[0] if len(axis.ticks) > 1 else axis.high - axis.low
    digits = max(0, -math.floor(math.log10(factor * step) + 1e-9))
    labels = Markup("").join(label.format(axis.place(tick), f"{factor * tick:.{digits}f}") for tick in axis.ticks)
    return _svg("scale", 18, Markup('aria-hidden="true"'), labels)


def interval(score: Measured, axis: Axis) -> Markup:
    """A mean and its 95 % interval on the common axis, and below them every single value that is known."""
    low, high = (score_text(value, axis.metric) for value in score.ci95)
    said = f"{score_text(score.mean, axis.metric)}, 95 % interval {low} to {high}"
    middle, below = 13, HEIGHT - 7
    grid = [Markup('<path class="grid" d="M{0} 0V{1}"/>').format(axis.place(t), HEIGHT) for t in axis.ticks]
    left, right = map(axis.place, score.ci95)
    values = [Markup('<circle class="one" cx="{}" cy="{}" r="2"/>').format(axis.place(v), below) for v in score.values]
    whisker = Markup('<path class="whisker" d="M{0} {2}H{1}M{0} {3}V{4}M{1} {3}V{4}"/>')
    drawn = [
        *grid,
        *values,
        whisker.format(left, right, middle, middle - 7, middle + 7),
        Markup('<circle class="mean" cx="{}" cy="{}" r="3.5"/>').format(axis.place(score.mean), middle),
    ]
    return _svg("interval", HEIGHT, Markup('role="img" aria-label="{}"').format(said), Markup("").join(drawn))


def _svg(kind: str, height: int, attributes: Markup, content: Markup) -> Markup:
    opened = Markup('<svg class="{}" viewBox="0 0 {} {}" width="{}" height="{}" {}>')
    return opened.format(kind, WIDTH, height, WIDTH, height, attributes) + content + Markup("</svg>")
