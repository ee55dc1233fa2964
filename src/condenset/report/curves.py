"""The objective against steps, as a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float
from markupsafe import Markup

from condenset.report.drawing import colour, drawing
from condenset.report.records import Logged

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS = 400  # of one curve; more cannot be told apart at the width of the page


def curves(log: Sequence[Logged], key: str) -> Markup:
    """The objective's terms against steps, faint as logged and strong as a running mean; empty without two steps.

    The axis is logarithmic where every term is positive and spans more than a factor of 20. Term n has the colour
    `--c{n + 1}`; the page writes the legend. `key` keeps the drawing's ids apart from those of others.
    """
    names = term_names(log)
    if len(log) < 2 or not names:
        return Markup("")

    def draw(axes: Axes) -> None:
        values = np.concatenate([_draw(axes, log, name, colour(n)) for n, name in enumerate(names)])
        if values.min() > 0 and values.max() > 20 * values.min():
            axes.set_yscale("log")
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.set_xlabel("step")
        axes.set_ylabel("objective")

    terms = f"{len(names)} term{'s' if len(names) > 1 else ''}"
    description = f"{terms} of the objective over {log[-1].step} steps of distilling"
    return drawing("curves", key, "Objective against step", description, draw)


def term_names(log: Sequence[Logged]) -> list[str]:
    """Names of the objective's terms, in the order in which they first appear."""
    return list(dict.fromkeys(name for line in log for name in line.terms))


def _draw(axes: Axes, log: Sequence[Logged], name: str, ink: str) -> Float[np.ndarray, " points"]:
    steps, values = np.array([(line.step, line.terms[name]) for line in log if name in line.terms]).T
    stride = -(-len(steps) // _POINTS)
    axes.plot(steps[::stride], values[::stride], color=ink, linewidth=1, alpha=0.35)
    window = max(1, len(steps) // 25)
    smooth = np.convolve(values, np.full(window, 1 / window), mode="valid")
    centre = steps[(window - 1) // 2 : (window - 1) // 2 + len(smooth)]
    axes.plot(centre[::stride], smooth[::stride], color=ink, linewidth=2)
    return values
