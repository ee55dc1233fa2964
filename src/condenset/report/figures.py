"""Drawings as inline SVG: intervals on a common axis, and the objective against steps.

Colours are CSS variables of the page, so that the drawings follow its light and dark scheme. No text of a run
enters a drawing unescaped.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float
from markupsafe import Markup

from condenset.core.metric import Metric, score_text
from condenset.report.records import Logged, Score

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 250, 34  # of an interval, in CSS pixels
_MARGIN = 8
_POINTS = 400  # of one curve; more cannot be told apart at the width of the page
_INKS = {"#010101": "var(--muted)", "#020202": "var(--line)"}
_TERMS = tuple(f"#0304{number:02d}" for number in range(1, 7))  # become var(--c1) ... var(--c6)


@dataclass(frozen=True)
class Axis:
    """A common axis for intervals: its ends, the ticks between them, and what is measured."""

    low: float
    high: float
    ticks: tuple[float, ...]
    metric: Metric

    @classmethod
    def of(cls, rows: Sequence[Score], metric: Metric) -> Axis:
        """The axis that holds every interval and every single value."""
        from matplotlib.ticker import MaxNLocator

        values = [value for row in rows for value in (*row.ci95, row.mean, *row.scores)]
        values = [metric.within(value) for value in values]
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


def interval(row: Score, axis: Axis) -> Markup:
    """One row's mean and 95 % interval on the common axis, and every single value below them."""
    low, high = (score_text(value, axis.metric) for value in row.ci95)
    said = f"{score_text(row.mean, axis.metric)}, 95 % interval {low} to {high}"
    middle, below = 13, HEIGHT - 7
    grid = [Markup('<path class="grid" d="M{0} 0V{1}"/>').format(axis.place(t), HEIGHT) for t in axis.ticks]
    left, right = map(axis.place, row.ci95)
    values = [Markup('<circle class="one" cx="{}" cy="{}" r="2"/>').format(axis.place(v), below) for v in row.scores]
    whisker = Markup('<path class="whisker" d="M{0} {2}H{1}M{0} {3}V{4}M{1} {3}V{4}"/>')
    drawn = [
        *grid,
        *values,
        whisker.format(left, right, middle, middle - 7, middle + 7),
        Markup('<circle class="mean" cx="{}" cy="{}" r="3.5"/>').format(axis.place(row.mean), middle),
    ]
    return _svg("interval", HEIGHT, Markup('role="img" aria-label="{}"').format(said), Markup("").join(drawn))


def curves(log: Sequence[Logged], key: str) -> Markup:
    """The objective's terms against steps, faint as logged and strong as a running mean; empty without two steps.

    The axis is logarithmic where every term is positive and spans more than a factor of 20. Term n has the colour
    `--c{n + 1}`; the page writes the legend. `key` keeps the drawing's ids apart from those of others.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    if len(log) < 2 or not term_names(log):
        return Markup("")
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": key, "font.size": 11}):
        figure = Figure(figsize=(5.8, 3.1), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        drawn = [_draw(axes, log, name, _TERMS[n % len(_TERMS)]) for n, name in enumerate(term_names(log))]
        _dress(axes, np.concatenate(drawn))
        text = io.StringIO()
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None})
    return _themed(text.getvalue(), key, len(drawn), log[-1].step)


def term_names(log: Sequence[Logged]) -> list[str]:
    """Names of the objective's terms, in the order in which they first appear."""
    return list(dict.fromkeys(name for line in log for name in line.terms))


def _draw(axes: Axes, log: Sequence[Logged], name: str, colour: str) -> Float[np.ndarray, " points"]:
    steps, values = np.array([(line.step, line.terms[name]) for line in log if name in line.terms]).T
    stride = -(-len(steps) // _POINTS)
    axes.plot(steps[::stride], values[::stride], color=colour, linewidth=1, alpha=0.35)
    window = max(1, len(steps) // 25)
    smooth = np.convolve(values, np.full(window, 1 / window), mode="valid")
    centre = steps[(window - 1) // 2 : (window - 1) // 2 + len(smooth)]
    axes.plot(centre[::stride], smooth[::stride], color=colour, linewidth=2)
    return values


def _dress(axes: Axes, values: Float[np.ndarray, " points"]) -> None:
    muted, line = _INKS
    if values.min() > 0 and values.max() > 20 * values.min():
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel("step", color=muted)
    axes.set_ylabel("objective", color=muted)
    axes.tick_params(which="both", colors=muted, length=0)
    axes.tick_params(which="minor", labelleft=False)
    axes.grid(axis="y", color=line, linewidth=0.8)
    axes.spines[["left", "bottom"]].set_color(line)
    axes.spines[["right", "top"]].set_visible(False)


def _themed(svg: str, key: str, terms: int, steps: int) -> Markup:
    """Matplotlib's own text made part of a page: no header, style or repeated ids; the page's colours."""
    svg = re.sub(r"<(metadata|style)\b.*?</\1>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    for number, colour in enumerate(_TERMS, start=1):
        svg = svg.replace(colour, f"var(--c{number})")
    for colour, variable in _INKS.items():
        svg = svg.replace(colour, variable)
    described = f"{terms} term{'s' if terms > 1 else ''} of the objective over {steps} steps of distilling"
    named = (
        f'<svg class="curves" role="img" aria-labelledby="{key}-title {key}-desc"><title id="{key}-title">'
        f'Objective against step</title><desc id="{key}-desc">{described}</desc>'
    )
    size = re.search(r'viewBox="[^"]*"', svg)
    opened = named.replace("<svg", f"<svg {size.group(0)}" if size else "<svg", 1)
    return Markup(opened + svg[svg.index(">") + 1 :])


def _svg(kind: str, height: int, attributes: Markup, content: Markup) -> Markup:
    opened = Markup('<svg class="{}" viewBox="0 0 {} {}" width="{}" height="{}" {}>')
    return opened.format(kind, WIDTH, height, WIDTH, height, attributes) + content + Markup("</svg>")
