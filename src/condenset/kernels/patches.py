"""Patches of images: cut at random, which are the easiest to recognise, and images that are laid out from several."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor


def cropped(
    images: Float[Tensor, "n channels _ _"], least: float, generator: torch.Generator, height: int, width: int
) -> Float[Tensor, "n channels height width"]:
    """A random square of every image, of a share of its area that is uniform in [least, 1], resized bilinearly."""
    area, down, right = torch.rand(3, len(images), generator=generator, dtype=images.dtype).to(images.device)
    side = (least + (1 - least) * area).sqrt()
    shift = torch.stack([2 * right - 1, 2 * down - 1], 1) * (1 - side)[:, None]
    matrix = torch.cat([torch.diag_embed(side[:, None].expand(-1, 2)), shift[..., None]], 2)
    grid = F.affine_grid(matrix, [len(images), images.shape[1], height, width], align_corners=False)
    return F.grid_sample(images, grid, "bilinear", "border", align_corners=False)


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
