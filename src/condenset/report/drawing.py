"""Matplotlib's drawings as inline SVG in the page's own colours, which follow its light and dark scheme.

No text of a run enters a drawing unescaped, and none is drawn by Matplotlib, which would read mathematics in it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MUTED, LINE, INK = "#010101", "#020202", "#030303"
COLOURS = 6  # of the page: --c1 to --c6
_SIZE = (5.8, 3.1)  # inches; at the width of a phone the letters stay readable
_VARIABLES = {MUTED: "var(--muted)", LINE: "var(--line)", INK: "var(--ink)"}


def colour(number: int) -> str:
    """The page's colour --c1 of number 0, and so on; they come again after the last."""
    return f"#0304{number % COLOURS + 1:02d}"


def drawing(kind: str, key: str, title: str, description: str, draw: Callable[[Axes], None]) -> Markup:
    """An inline SVG of class `kind`, with its title and description for who cannot see it.

    Args: key, which keeps its ids apart from those of others; draw, on axes that then get the page's dress.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with rc_context({"svg.fonttype": "none", "svg.hashsalt": key, "font.size": 11}):
        figure = Figure(figsize=_SIZE, layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        draw(axes)
        _dress(axes)
        text = io.StringIO()
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None})
    opened = Markup(
        '<svg {size} class="{kind}" role="img" aria-labelledby="{key}-title {key}-desc">'
        '<title id="{key}-title">{title}</title><desc id="{key}-desc">{description}</desc>'
    )
    size, content = _themed(text.getvalue())
    return opened.format(size=size, kind=kind, key=key, title=title, description=description) + content


def _dress(axes: Axes) -> None:
    axes.tick_params(which="both", colors=MUTED, length=0)
    axes.tick_params(which="minor", labelleft=False)
    axes.grid(axis="y", color=LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.xaxis.label.set_color(MUTED)
    axes.yaxis.label.set_color(MUTED)
    axes.spines[["left", "bottom"]].set_color(LINE)
    axes.spines[["right", "top"]].set_visible(False)


def _themed(svg: str) -> tuple[Markup, Markup]:
    """The size, and the content without header, style and repeated ids, in the page's colours."""
    svg = re.sub(r"<(metadata|style)\b.*?</\1>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    svg = re.sub(r"#0304(\d\d)", lambda found: f"var(--c{int(found[1])})", svg)
    for ink, variable in _VARIABLES.items():
        svg = svg.replace(ink, variable)
    size = re.search(r'viewBox="[^"]*"', svg)
    return Markup(size.group(0) if size else ""), Markup(svg[svg.index(">") + 1 :])
