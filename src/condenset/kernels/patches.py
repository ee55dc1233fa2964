"""Patches of images: which are the easiest to recognise, and images that are laid out from several of them."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor


def padded(patches: Float[Tensor, "n channels _ _"], height: int, width: int) -> Float[Tensor, "n channels _ _"]:
    """Patches in the middle of zeros (n, channels, height, width); an odd row or column goes below or to the right."""
    down, right = height - patches.shape[2], width - patches.shape[3]
    return F.pad(patches, (right // 2, right - right // 2, down // 2, down - down // 2))


def easiest(losses: Float[Tensor, "images crops"], count: int) -> tuple[Int[Tensor, " chosen"], Int[Tensor, " chosen"]]:
    """Of every image the crop of least loss, and of these the `count` images of least loss: images, their crops."""
    least, crop = losses.min(1)
    images = least.argsort(stable=True)[:count]
    return images, crop[images]


def mosaic(patches: Float[Tensor, "n channels _ _"], factor: int, height: int, width: int) -> Float[Tensor, "m c _ _"]:
    """Images (n / factor^2, channels, height, width), each of factor x factor patches as nearest pixels enlarge them.

    The first n / factor^2 patches lie in the first place of every image, the next in the second, row by row; the first
    rows and columns of places get the pixels that are left over.
    """
    rows, columns = _sides(height, factor), _sides(width, factor)
    places = iter(patches.chunk(factor * factor))
    lines = [torch.cat([F.interpolate(next(places), (row, column)) for column in columns], 3) for row in rows]
    return torch.cat(lines, 2)


def _sides(length: int, parts: int) -> list[int]:
    return [length // parts + (part < length % parts) for part in range(parts)]
