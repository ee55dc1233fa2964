"""A picture of a few synthetic users, as the items that they hold and want most."""

from __future__ import annotations

from pathlib import Path

from condenset.core.batch import Batch
from condenset.tasks.preview import short, shown, table_on
from condenset.tasks.task import Task

_USERS = 12
_ITEMS = 5  # of each side
_LETTERS = 14
_SIDES = ("has", "wants")


def preview(task: Task, batch: Batch, path: Path) -> None:
    """Draws up to 12 of the decoded users (n, items), evenly spaced, into a PNG file.

    Left the five items of the highest weight of each, right those of the highest label; the higher, the darker.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    cells, shades = picture_users(task, batch)
    figure = Figure(figsize=(11, 0.28 * (len(cells) + 1) + 0.4), dpi=150)
    axes = figure.add_axes((0.01, 0.02, 0.98, 0.9))
    axes.set_title(
        f"{task.name}: {len(cells)} of {len(batch)} users, their strongest of {task.target.outputs:,} items",
        fontsize=9,
        loc="left",
    )
    names = [f"{side} {place + 1}" for side in _SIDES for place in range(len(cells[0]) // len(_SIDES))]
    for (row, column), cell in table_on(axes, names, cells, 7).items():
        if row:
            wanted = column >= len(cells[0]) // len(_SIDES)
            cell.set_facecolor(_mixed((0.65, 0.85, 0.7) if wanted else (0.65, 0.8, 0.95), shades[row - 1][column]))
    FigureCanvasAgg(figure).print_png(str(path))


def picture_users(task: Task, batch: Batch) -> tuple[list[list[str]], list[list[float]]]:
    """Of the shown users the cells as text, "item weight", and how dark each is, in [0, 1] of its side's strongest."""
    part = shown(batch, _USERS)
    names = task.target.arrays()["items"]
    cells: list[list[str]] = [[] for _ in part.groups]
    shades: list[list[float]] = [[] for _ in part.groups]
    for rows in (part.inputs, task.target.matrix(part.targets)):
        values, items = rows.topk(min(_ITEMS, rows.shape[1]), dim=1)
        highest = max(float(values.max()), 1e-12)
        for user in range(len(part)):
            pairs = list(zip(values[user].tolist(), items[user].tolist(), strict=True))
            cells[user] += [_text(str(names[item]), value) for value, item in pairs]
            shades[user] += [min(1.0, max(0.0, value / highest)) for value, _ in pairs]
    return cells, shades


def _text(name: str, value: float) -> str:
    if value <= 0:
        return "–"
    return f"{short(name, _LETTERS)}  {value:.2g}"


def _mixed(colour: tuple[float, float, float], share: float) -> tuple[float, float, float]:
    red, green, blue = (1 - share * (1 - part) for part in colour)
    return red, green, blue
