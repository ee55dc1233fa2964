"""A picture of a few vectors: a row of shades for each."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from condenset.core.batch import Batch
from condenset.tasks.preview import shown
from condenset.tasks.task import Task

_ROWS = 20  # vectors, at most
_ENTRIES = 200  # of a vector, at most
_LETTERS = 20  # of a name


def draw_preview(task: Task, batch: Batch, path: Path) -> None:
    """Draw up to 20 of the decoded vectors (n, width), evenly spaced, with their groups into a PNG file."""
    part = shown(batch, _ROWS)
    entries = part.inputs[:, :_ENTRIES]
    names = [task.groups.names[group][:_LETTERS] for group in part.groups.tolist()]
    figure = Figure(figsize=(9.5, 0.22 * len(names) + 0.7), dpi=130, layout="constrained")
    axes = figure.subplots()
    axes.imshow(entries.numpy(), aspect="auto", cmap="Greys")
    axes.set_yticks(range(len(names)), [name.replace("$", r"\$") for name in names], fontsize=8)
    axes.set_xticks([])
    first = f"the first {entries.shape[1]} of {part.inputs.shape[1]} entries"
    axes.set_title(f"{task.name}: {len(names)} of {len(batch)} vectors, {first}", fontsize=9, parse_math=False)
    figure.savefig(path)
