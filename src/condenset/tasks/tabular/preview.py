"""A picture of a few decoded rows, as a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch, Inputs
from condenset.tasks.task import Task

_ROWS = 12
_COLUMNS = 14
_LETTERS = 18


def represent(inputs: Inputs) -> Float[Tensor, "rows width"]:
    """Rows as vectors (rows, width): as networks see them."""
    assert isinstance(inputs, Tensor)
    return inputs


def preview(task: Task, batch: Batch, path: Path) -> None:
    """Draws up to 12 of the decoded rows (n, width), evenly spaced, with their targets into a PNG file.

    Of a wide table the first 14 columns are shown, and the caption counts the others.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

    names, cells, hidden = picture_rows(task, batch)
    widths = [max(len(text) for text in column) + 2 for column in zip(names, *cells, strict=True)]
    height = 0.25 * (len(cells) + 1)
    figure = Figure(figsize=(max(4.0, 0.085 * sum(widths)), height + 0.4), dpi=150)
    axes = figure.add_axes((0.01, 0.02, 0.98, height / (height + 0.4) - 0.02))
    axes.axis("off")
    more = f"; columns not shown: {hidden}" if hidden else ""
    axes.set_title(f"{task.name}: {len(cells)} of {len(batch)} rows{more}", fontsize=9, loc="left")
    table = axes.table(
        cellText=cells,
        colLabels=names,
        colWidths=[width / sum(widths) for width in widths],
        cellLoc="left",
        bbox=Bbox.unit(),
    )
    table.auto_set_font_size(False)
    table.set_fontsize(8)
    for (row, column), cell in table.get_celld().items():
        cell.set_edgecolor("#d0d0d0")
        cell.set_text_props(weight="bold" if row == 0 or column == len(names) - 1 else "normal")
        cell.set_facecolor("#eef2f7" if row == 0 else "white")
    FigureCanvasAgg(figure).print_png(str(path))


def picture_rows(task: Task, batch: Batch) -> tuple[list[str], list[list[str]], int]:
    """Column names (target last), the cells of the shown rows as text, and how many columns are not shown."""
    from condenset.tasks.tabular.columns import from_fields
    from condenset.tasks.tabular.keeping import decode_rows
    from condenset.tasks.tabular.rules import rules_from
    from condenset.tasks.tabular.targets import raw_targets

    shown = torch.linspace(0, len(batch) - 1, min(_ROWS, len(batch))).round().long()
    part = batch.detach().to("cpu").select(shown)
    columns = from_fields(task.preprocessing["columns"])
    frame = decode_rows(represent(part.inputs).numpy(), columns, rules_from(task.constraints, columns))
    hidden = max(0, frame.shape[1] - _COLUMNS)
    frame = frame.iloc[:, :_COLUMNS]
    targets = raw_targets(part.targets, task.preprocessing["target"])
    names = [_text(name) for name in [*frame.columns, f"→ {targets.name}"]]
    cells = [
        [_text(value) for value in (*row, goal)]
        for row, goal in zip(frame.itertuples(index=False), targets, strict=True)
    ]
    return names, cells, hidden


def _text(value: Any) -> str:
    if value is None or value != value:
        return "–"
    text = f"{value:.5g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LETTERS else text[: _LETTERS - 1] + "…"
