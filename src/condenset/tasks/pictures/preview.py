"""A picture of what a set holds: one row per class, its name at the left.

It has no ground of its own, since a page that shows it may be light or dark and the images must stay what they are.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from condenset.core.batch import Batch
from condenset.tasks.pictures.preprocessing import levels, outside, to_unit
from condenset.tasks.preview import short
from condenset.tasks.task import Task

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

COLUMNS = 10
ROWS = 40
_CELL = 64  # pixels a side that small images are enlarged to, at least
_GAP = 4
_MARGIN = 14
_FONT = 16
_MANY = 0.05  # share of values outside the data's range
_TAIL = 0.01
_INK = (118, 118, 118, 255)  # read as well on white as on black
_CLEAR = (*_INK[:3], 0)  # the ink's colour, or letters would have a seam


def preview(task: Task, batch: Batch, path: Path) -> None:
    """Draws decoded examples (n, channels, height, width) as a PNG: up to 10 per class and 40 classes.

    Small images are enlarged by a whole factor, without smoothing, so that every pixel can be told. Where many values
    lie outside the data's range, black and white are the set's own extremes, and the picture says which.
    """
    assert isinstance(batch.inputs, Tensor), f"images are a tensor, not {type(batch.inputs).__name__}"
    members = [(batch.groups == group).nonzero().flatten()[:COLUMNS] for group in batch.groups.unique()]
    chosen = batch.select(torch.cat(members[:ROWS]))  # of a large set a small part
    shown, notes = _in_sight(to_unit(chosen.inputs, task.preprocessing))
    pixels, groups = levels(shown), chosen.groups.cpu().numpy()
    rows = [(task.groups.names[group], pixels[groups == group]) for group in np.unique(groups)]
    if len(members) > ROWS:
        notes.append(f"and {len(members) - ROWS} more classes")
    _grid(rows, notes).save(path, format="PNG", optimize=True)


def _in_sight(unit: Float[Tensor, "n channels height width"]) -> tuple[Tensor, list[str]]:
    """Values between black (0) and white (1), and what has to be said of them."""
    if outside(unit) < _MANY:
        return unit, []
    low, high = np.quantile(unit.numpy(), (_TAIL, 1 - _TAIL))
    low, high = min(0.0, float(low)), max(1.0, float(high))
    return (unit - low) / (high - low), [f"black is {low:.1f}, white {high:.1f}", "(the data: 0 and 1)"]


def _grid(rows: list[tuple[str, UInt8[np.ndarray, "_ h w c"]]], notes: list[str]) -> Picture:
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(size=_FONT)
    height, width = rows[0][1].shape[1:3]
    factor = max(1, -(-_CELL // max(height, width)))
    step_x, step_y = width * factor + _GAP, max(height * factor, _FONT + 2) + _GAP
    left = _MARGIN + max(int(font.getlength(short(name, 24))) for name, _ in rows) + 2 * _GAP + 4
    columns = max(len(images) for _, images in rows)
    note = len(notes) * (_FONT + 2 * _GAP)
    widest = max([left + columns * step_x - _GAP, *(_MARGIN + int(font.getlength(text)) + 1 for text in notes)])
    extent = (widest + _MARGIN, 2 * _MARGIN + len(rows) * step_y - _GAP + note)
    canvas = Image.new("RGBA", extent, _CLEAR)
    draw = ImageDraw.Draw(canvas)
    for row, (name, images) in enumerate(rows):
        top = _MARGIN + row * step_y
        draw.text((left - 2 * _GAP, top + (step_y - _GAP) // 2), short(name, 24), fill=_INK, font=font, anchor="rm")
        for column, image in enumerate(images):
            canvas.paste(_enlarged(image, factor), (left + column * step_x, top))
    for line, text in enumerate(reversed(notes)):
        below = extent[1] - _MARGIN - _FONT // 2 - line * (_FONT + 2 * _GAP)
        draw.text((_MARGIN, below), text, fill=_INK, font=font, anchor="lm")
    return canvas


def _enlarged(image: UInt8[np.ndarray, "h w c"], factor: int) -> Picture:
    from PIL import Image

    colour = image[..., :3] if image.shape[2] >= 3 else np.repeat(image[..., :1], 3, axis=2)
    return Image.fromarray(np.kron(colour, np.ones((factor, factor, 1), dtype=np.uint8)))
