"""A picture of a few decoded rows, as a table, and of every column beside that of the data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.tasks.preview import short, shown, table_on
from condenset.tasks.task import Task

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_ROWS = 12
_COLUMNS = 14
_LETTERS = 18
_REAL = 2_000  # rows of the data that the columns are drawn from


def preview(task: Task, batch: Batch, path: Path) -> None:
    """Draws up to 12 of the decoded rows (n, width), evenly spaced, with their targets, and below them the columns of
    the set beside those of the training data, into a PNG file.

    Of a wide table the first 14 columns are shown, and the caption counts the others.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from condenset.tasks.tabular import marginals

    names, cells, hidden = picture_rows(task, batch)
    widths = [max(len(text) for text in column) + 2 for column in zip(names, *cells, strict=True)]
    ours, real = _rows(task, batch), _rows(task, task.train.draw(min(_REAL, len(task.train)), Rng(0)))
    heights = 0.25 * (len(cells) + 1) + 0.4, marginals.height(real)
    figure = Figure(figsize=(max(7.0, 0.085 * sum(widths)), sum(heights)), dpi=150)
    grid = figure.add_gridspec(2, 1, height_ratios=heights)
    above, below = figure.add_subfigure(grid[0]), figure.add_subfigure(grid[1])
    more = f"; columns not shown: {hidden}" if hidden else ""
    above.text(0.01, 1 - 0.2 / heights[0], f"{task.name}: {len(cells)} of {len(batch)} rows{more}", fontsize=9)
    _draw_rows(above.add_axes((0.01, 0, 0.98, 1 - 0.3 / heights[0])), names, cells, [w / sum(widths) for w in widths])
    marginals.draw(below, ours, batch.weight.detach().cpu().double().numpy(), real)
    FigureCanvasAgg(figure).print_png(str(path))


def _draw_rows(axes: Axes, names: list[str], cells: list[list[str]], widths: list[float]) -> None:
    for (_, column), cell in table_on(axes, names, cells, 8, colWidths=widths).items():
        if column == len(names) - 1:
            cell.set_text_props(weight="bold")


def _rows(task: Task, batch: Batch) -> pd.DataFrame:
    """Decoded rows with what is predicted, by name, as people have them."""
    from condenset.tasks.columns.column import from_fields
    from condenset.tasks.columns.keeping import decode_rows
    from condenset.tasks.columns.rules import rules_from
    from condenset.tasks.labelled.target_code import raw_targets

    columns = from_fields(task.preprocessing["columns"])
    frame = decode_rows(batch.inputs.detach().cpu().numpy(), columns, rules_from(task.constraints, columns))
    targets = raw_targets(batch.targets.detach().cpu(), task.preprocessing["target"])
    return frame.assign(**{f"→ {targets.name}": targets.to_numpy()})


def picture_rows(task: Task, batch: Batch) -> tuple[list[str], list[list[str]], int]:
    """Column names (target last), the cells of the shown rows as text, and how many columns are not shown."""
    frame = _rows(task, shown(batch, _ROWS))
    hidden = max(0, frame.shape[1] - 1 - _COLUMNS)
    kept = frame.iloc[:, [*range(frame.shape[1] - 1 - hidden), -1]]
    names = [_text(name) for name in kept.columns]
    cells = [[_text(value) for value in row] for row in kept.itertuples(index=False)]
    return names, cells, hidden


def _text(value: Any) -> str:
    from condenset.tasks.tabular.marginals import text_of

    return short(text_of(value), _LETTERS)
