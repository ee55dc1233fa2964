"""What pictures of sets of several kinds share: which examples are shown, names that are cut, a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.table import Cell


def evenly(count: int, most: int) -> Int[Tensor, " shown"]:
    """Up to `most` of so many places, evenly spaced from the first to the last."""
    return torch.linspace(0, count - 1, min(most, count)).round().long()


def shown(batch: Batch, most: int) -> Batch:
    """Up to `most` examples (n, ...) of a batch, evenly spaced, on the CPU."""
    return batch.detach().to("cpu").select(evenly(len(batch), most))


def short(text: str, letters: int) -> str:
    """A text of at most so many letters."""
    return text if len(text) <= letters else text[: letters - 1] + "…"


def table_on(
    axes: Axes, names: Sequence[str], cells: Sequence[Sequence[str]], size: int, **how: Any
) -> dict[tuple[int, int], Cell]:
    """A table that fills axes, its head bold on blue; the cells by row and column, the head's in row 0.

    Args: size, of the letters; how, as Matplotlib's `table` takes it.
    """
    from matplotlib.transforms import Bbox

    axes.axis("off")
    table = axes.table(cellText=cells, colLabels=names, cellLoc="left", bbox=Bbox.unit(), **how)
    table.auto_set_font_size(False)
    table.set_fontsize(size)
    for (row, _), cell in table.get_celld().items():
        cell.set_edgecolor("#d0d0d0")
        cell.set_text_props(weight="normal" if row else "bold")
        cell.set_facecolor("white" if row else "#eef2f7")
    return table.get_celld()
