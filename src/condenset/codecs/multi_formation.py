"""Multi-formation (IDC, arXiv 2205.14959): one stored image holds a grid of smaller ones, enlarged when decoded."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.codecs.codec import Codec
from condenset.codecs.images import expect_images
from condenset.codecs.raw import Raw
from condenset.codecs.restoring import expect_decodable
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.registries import CODECS
from condenset.core.spec import Leaf
from condenset.tasks.task import Task


class MultiFormation(Codec):
    """Stores images (items, channels, height, width) and decodes factor² of the same size from each.

    Images are float32, or what another codec of images makes of them, such as pixels of a few bits.
    """

    def __init__(
        self,
        images: Codec | Float[Tensor, "items channels height width"],
        factor: int = 2,
        pad: float = 0.0,
        of: str = "raw",
    ) -> None:
        """Args: images, the stored ones in the task's input space, or a codec that holds them; factor, tiles along each
        side; pad, value that fills up sides which the factor does not divide (IDC pads raw pixels with 0.5); of, name
        of the codec that holds them.

        Raises `RequestError` for a factor that is not between 1 and the shorter side.
        """
        super().__init__()
        self.images: Codec = Raw(images) if isinstance(images, Tensor) else images
        self._items, *shape = self.images().shape
        if not 1 <= factor <= min(shape[1:]):
            raise RequestError(f"factor {factor} is impossible for images {tuple(shape[1:])}: give 1, 2 or 3")
        self.shape, self.factor, self.pad, self.of = shape, factor, float(pad), of

    @property
    def data(self) -> Any:
        """The stored images (items, channels, height, width), where they are float32."""
        return self.images.data

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "decoded channels height width"]:
        """Tiles, all or those chosen, enlarged bilinearly to (decoded, channels, height, width), factor² for each item.

        The first tile of every item comes first, then the second one, row by row of the grid.
        """
        _, height, width = self.shape
        rows, columns = _tile(height, self.factor), _tile(width, self.factor)
        margin = (0, columns * self.factor - width, 0, rows * self.factor - height)
        tiles = F.pad(self.images(), margin, value=self.pad).unfold(2, rows, rows).unfold(3, columns, columns)
        tiles = tiles.permute(2, 3, 0, 1, 4, 5).flatten(0, 2)
        tiles = tiles if index is None else tiles[index]
        down, across = (_enlargement(small, side).to(tiles) for small, side in ((rows, height), (columns, width)))
        return down.T @ tiles @ across

    def origin(self) -> Int[Tensor, " decoded"]:
        """The item of every decoded image, in the shape (decoded,)."""
        device = next(iter(self.images.state_dict().values())).device
        return torch.arange(self._items, device=device).repeat(self.factor**2)

    def parameter_groups(self) -> Mapping[str, list[nn.Parameter]]:
        """Those of the stored images: "data"."""
        return self.images.parameter_groups()

    def fields(self) -> dict[str, Any]:
        """The shape of one stored image, the factor and the padding; the codec of images and its fields, if another."""
        own = {"input_shape": list(self.shape), "factor": self.factor, "pad": self.pad}
        return own if self.of == "raw" else own | {"of": self.of, "images": self.images.fields()}

    def stored(self) -> MultiFormation:
        """With the images as they are stored."""
        images = self.images.stored()
        return self if images is self.images else MultiFormation(images, self.factor, self.pad, self.of)

    @staticmethod
    def examples_per_item(factor: int = 2, pad: float = 0.0, of: str = "raw", **options: Any) -> int:
        """factor²."""
        return factor**2

    @staticmethod
    def item_bytes(inputs: Leaf, factor: int = 2, pad: float = 0.0, of: str = "raw", **options: Any) -> int:
        """Of one image in the codec of images."""
        return _of_images(of).item_bytes(inputs, **options)

    @staticmethod
    def shared_bytes(inputs: Leaf, factor: int = 2, pad: float = 0.0, of: str = "raw", **options: Any) -> int:
        """What the codec of images takes besides."""
        return _of_images(of).shared_bytes(inputs, **options)

    @staticmethod
    def decoder(fields: Mapping[str, Any]) -> tuple[str, ...]:
        """What the codec of images says."""
        own = _of_images(fields.get("of", "raw")).decoder(fields.get("images", {}))
        return tuple(f"images.{name}" for name in own)

    @classmethod
    def encode(
        cls, inputs: Inputs, task: Task, factor: int = 2, pad: float = 0.0, of: str = "raw", **options: Any
    ) -> MultiFormation:
        """Reduce the examples (decoded, channels, height, width), factor² for each item, item after item, to its tiles.

        This is IDC's "mix" start, reducing by area means. Args: of, the codec of images; options, its own. Raises
        `RequestError` for inputs that are no images or do not fill whole items.
        """
        images = expect_images(inputs, "multi-formation")
        if factor < 1 or len(images) % factor**2:
            raise RequestError(f"{len(images)} examples do not fill whole items of factor {factor}, {factor**2} each")
        height, width = images.shape[2:]
        small = F.interpolate(images, (_tile(height, factor), _tile(width, factor)), mode="area")
        grid = small.unflatten(0, (-1, factor, factor)).permute(0, 3, 1, 4, 2, 5)
        whole = grid.flatten(4, 5).flatten(2, 3)[:, :, :height, :width]
        return cls(_of_images(of).encode(whole, task, **options), factor, pad, of)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> MultiFormation:
        """Rebuild from what the codec of images has stored. Raises `ArtifactError` where it does not fit."""
        shape, factor, pad = (fields.get(key) for key in ("input_shape", "factor", "pad"))
        of, own = fields.get("of", "raw"), fields.get("images", {"input_shape": shape})
        if not isinstance(of, str) or not isinstance(own, Mapping) or not isinstance(shape, list) or len(shape) != 3:
            raise ArtifactError(f"images {own!r:.60} of {of!r:.40} and shape {shape!r:.40} are none of a set")
        try:
            codec = _of_images(of)
        except RequestError as error:
            raise ArtifactError(str(error)) from error
        # condenset 0.1 stored "data" alone, without the name of what holds it
        images = codec.restore(own, {name.removeprefix("images."): part for name, part in tensors.items()})
        items, *held = images().shape
        if held != shape:
            raise ArtifactError(f"the set holds images {held}: the card says {shape}")
        if not isinstance(factor, int) or not 1 <= factor <= min(held[1:]) or not isinstance(pad, int | float):
            raise ArtifactError(f"factor {factor!r} or pad {pad!r} is impossible for images {shape}")
        expect_decodable(items * math.prod(held) * factor**2, f"a set of {items} images with {factor**2} in each")
        return cls(images, factor, pad, of)


def _of_images(name: str) -> type[Codec]:
    """The codec of a name. Raises `RequestError` where it has several images to an item or a decoder beside the set."""
    codec: type[Codec] = CODECS.get(name)
    if codec.examples_per_item is not Codec.examples_per_item:  # several by its options, if not at first
        raise RequestError(f"multi-formation cuts every image of a codec, and {name} has several: take another")
    if codec.decodes_by_file:
        raise RequestError(f"multi-formation holds its images itself, and {name} decodes by a file: take another")
    return codec


@lru_cache(maxsize=16)
def _enlargement(small: int, side: int) -> Float[Tensor, "small side"]:
    """The linear map of bilinear enlargement along one side: as a product it is quicker than `F.interpolate`, and its
    way back much more so."""
    return F.interpolate(torch.eye(small)[None], side, mode="linear", align_corners=False)[0]


def _tile(side: int, factor: int) -> int:
    return -(-side // factor)


CODEC = MultiFormation
