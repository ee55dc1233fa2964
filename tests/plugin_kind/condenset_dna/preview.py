"""A picture of DNA: a row for every sequence, a colour for every base."""

from __future__ import annotations

from pathlib import Path

from condenset.core.batch import Batch
from condenset.core.structure import numbers
from condenset.tasks.task import Task

_MOST = 40  # sequences drawn


def draw_preview(task: Task, batch: Batch, path: Path) -> None:
    """Draw decoded sequences (n, 4, length) into a PNG file, in the order of their classes."""
    from matplotlib.figure import Figure

    groups, order = batch.groups.detach().cpu().sort(stable=True)
    shown = numbers(batch.inputs).detach().cpu().argmax(1)[order][:_MOST]
    figure = Figure(figsize=(8, 0.8 + 0.22 * len(shown)), layout="constrained")
    axes = figure.subplots()
    axes.imshow(shown.numpy(), cmap="Set2", vmin=0, vmax=7, aspect="auto")
    axes.set_yticks(range(len(shown)), [task.groups.names[group] for group in groups[:_MOST]], parse_math=False)
    axes.set_title(f"{task.name}: {len(shown)} of {len(batch)} sequences", fontsize=10, parse_math=False)
    figure.savefig(path, dpi=110)
