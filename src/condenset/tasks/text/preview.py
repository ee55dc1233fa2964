"""A picture of a few texts with their labels, as people read them."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap

from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.texts import Texts
from condenset.tasks.labelled.target_code import raw_targets
from condenset.tasks.preview import short, shown
from condenset.tasks.task import Task

_SHOWN = 16  # texts, at most
_LINE = 100  # letters
_LINES = 4  # of a text, at most
_HEIGHT = 0.19  # inches of a line
_LABEL = 0.16  # share of the width
_LETTERS = 16  # of a label
_LIKE, _TEXT = "#64748b", "#111827"


def draw_preview(task: Task, batch: Batch, path: Path) -> None:
    """Draw up to 16 of the decoded texts (n, ...), evenly spaced, with their labels into a PNG file.

    Of vectors that no text belongs to, the nearest training text of their group is shown in grey, after a ≈.
    """
    part = shown(batch, _SHOWN)
    readable = part.inputs.readable
    texts = part.inputs.strings() if readable else [f"≈ {text}" for text in _nearest(task, part)]
    labels = [short(str(label), _LETTERS) for label in raw_targets(part.targets, task.preprocessing["target"])]
    blocks = [wrap(text, _LINE, max_lines=_LINES, placeholder=" …") or [""] for text in texts]
    rows = sum(len(lines) + 0.5 for lines in blocks)
    figure = Figure(figsize=(9.5, _HEIGHT * rows + 0.45), dpi=130)
    axes = figure.add_axes((0.01, 0.0, 0.98, 1 - 0.4 / (_HEIGHT * rows + 0.45)))
    axes.axis("off")
    axes.set(xlim=(0, 1), ylim=(rows, 0))
    what = "texts" if readable else "vectors, by the training texts that are nearest"
    axes.set_title(f"{task.name}: {len(texts)} of {len(batch)} {what}", fontsize=10, loc="left", parse_math=False)
    top, colour = 0.4, _TEXT if readable else _LIKE
    for label, lines in zip(labels, blocks, strict=True):
        axes.text(0, top, label, fontsize=8, fontweight="bold", va="top", color=_TEXT, parse_math=False)
        for number, line in enumerate(lines):
            axes.text(_LABEL, top + number, line, fontsize=8, va="top", color=colour, parse_math=False)
        top += len(lines) + 0.5
    figure.savefig(path)


def _nearest(task: Task, part: Batch) -> list[str]:
    found = []
    for vector, group in zip(part.inputs.vectors(), part.groups.tolist(), strict=True):
        own: Texts = task.train.select(next(task.train.parts(group))).inputs
        found += own.take(_closest(vector, own.vectors().cpu())).strings()
    return found


def _closest(vector: Float[Tensor, " d"], vectors: Float[Tensor, "n d"]) -> Tensor:
    return (vectors - vector).square().sum(1).argmin()[None]
