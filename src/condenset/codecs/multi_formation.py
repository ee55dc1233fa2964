"""Multi-formation (IDC, arXiv 2205.14959): one stored image holds a grid of smaller ones, enlarged when decoded."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.codecs.images import expect_images
from condenset.codecs.restoring import expect_decodable, expect_tensor
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.spec import Leaf
from condenset.tasks.task import Task


class MultiFormation(nn.Module):
    """Stores (items, channels, height, width) float32 and decodes factor² images of the same size from each."""

    def __init__(self, data: Float[Tensor, "items channels height width"], factor: int = 2, pad: float = 0.0) -> None:
        """Args: data, the stored images in the task's input space; factor, tiles along each side; pad, value that
        fills up sides which the factor does not divide (IDC pads raw pixels with 0.5).

        Raises `RequestError` for a factor that is not between 1 and the shorter side.
        """
        super().__init__()
        if not 1 <= factor <= min(data.shape[2:]):
            raise RequestError(f"factor {factor} is impossible for images {tuple(data.shape[2:])}: give 1, 2 or 3")
        self.data = nn.Parameter(data.detach().clone().float())
        self.factor = factor
        self.pad = float(pad)

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "decoded channels height width"]:
        """Tiles, all or those chosen, enlarged bilinearly to (decoded, channels, height, width), factor² for each item.

        The first tile of every item comes first, then the second one, row by row of the grid.
        """
        height, width = self.data.shape[2:]
        rows, columns = _tile(height, self.factor), _tile(width, self.factor)
        margin = (0, columns * self.factor - width, 0, rows * self.factor - height)
        tiles = F.pad(self.data, margin, value=self.pad).unfold(2, rows, rows).unfold(3, columns, columns)
        tiles = tiles.permute(2, 3, 0, 1, 4, 5).flatten(0, 2)
        tiles = tiles if index is None else tiles[index]
        down, across = (_enlargement(small, side).to(tiles) for small, side in ((rows, height), (columns, width)))
        return down.T @ tiles @ across

    def origin(self) -> Int[Tensor, " decoded"]:
        """The item of every decoded image, in the shape (decoded,)."""
        return torch.arange(len(self.data), device=self.data.device).repeat(self.factor**2)

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """One group, "data": the stored images (items, channels, height, width)."""
        return {"data": [self.data]}

    def fields(self) -> dict[str, Any]:
        """The shape of one stored image, the factor and the padding."""
        return {"input_shape": list(self.data.shape[1:]), "factor": self.factor, "pad": self.pad}

    @staticmethod
    def examples_per_item(factor: int = 2, pad: float = 0.0) -> int:
        """factor²."""
        return factor**2

    @staticmethod
    def item_bytes(inputs: Leaf, factor: int = 2, pad: float = 0.0) -> int:
        """Of one image of float32 numbers."""
        return inputs.nbytes

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, factor: int = 2, pad: float = 0.0) -> MultiFormation:
        """Reduce the examples (decoded, channels, height, width), factor² for each item, item after item, to its tiles.

        This is IDC's "mix" start, reducing by area means. Raises `RequestError` for inputs that are no images or do
        not fill whole items.
        """
        images = expect_images(inputs, "multi-formation")
        if factor < 1 or len(images) % factor**2:
            raise RequestError(f"{len(images)} examples do not fill whole items of factor {factor}, {factor**2} each")
        height, width = images.shape[2:]
        small = F.interpolate(images, (_tile(height, factor), _tile(width, factor)), mode="area")
        grid = small.unflatten(0, (-1, factor, factor)).permute(0, 3, 1, 4, 2, 5)
        whole = grid.flatten(4, 5).flatten(2, 3)
        return cls(whole[:, :, :height, :width], factor, pad)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> MultiFormation:
        """Rebuild from "data" (items, channels, height, width). Raises `ArtifactError` where it does not fit."""
        data = expect_tensor(tensors, "data", 4)
        shape, factor, pad = (fields.get(key) for key in ("input_shape", "factor", "pad"))
        if list(data.shape[1:]) != shape:
            raise ArtifactError(f"tensor 'data' holds images {list(data.shape[1:])}: the card says {shape}")
        if not isinstance(factor, int) or not 1 <= factor <= min(data.shape[2:]) or not isinstance(pad, int | float):
            raise ArtifactError(f"factor {factor!r} or pad {pad!r} is impossible for images {shape}")
        expect_decodable(data.numel() * factor**2, f"a set of {len(data)} images with {factor**2} in each")
        return cls(data, factor, pad)


@lru_cache(maxsize=16)
def _enlargement(small: int, side: int) -> Float[Tensor, "small side"]:
    """The linear map of bilinear enlargement along one side: as a product it is quicker than `F.interpolate`, and its
    way back much more so."""
    return F.interpolate(torch.eye(small)[None], side, mode="linear", align_corners=False)[0]


def _tile(side: int, factor: int) -> int:
    return -(-side // factor)


CODEC = MultiFormation
