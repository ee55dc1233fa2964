"""Palette: every image by a few colours of its own, and for each place the number of its colour."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor, nn

from condenset.codecs.bits import BYTE, expect_packed, packed, packed_bytes, unpacked
from condenset.codecs.codec import Codec
from condenset.codecs.images import expect_images, image_shape, stored_shape
from condenset.codecs.levels import FLOATS, Levels
from condenset.codecs.restoring import expect_decodable, expect_tensor
from condenset.codecs.straight_through import straight_through
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.spec import Leaf
from condenset.kernels.selection import k_means
from condenset.tasks.task import Task


class Palette(Codec):
    """Stores colours (items, channels, colours) uint8, packed numbers of them (items, bytes) uint8, and the scale and
    shift (channels,) float32 of a colour's levels, which all images share.

    Colours are a power of two, so that a place takes log2 of them in bits, as Yuan et al. count it (Color-Oriented
    Redundancy Reduction in Dataset Distillation, NeurIPS 2024, arXiv 2411.11329), who learn a network that reduces
    colours; here the colours are learnt. `LearntPalette` is what it is made of, and decodes to the same pixels.
    """

    colours: Tensor
    packed: Tensor

    def __init__(
        self,
        colours: UInt8[Tensor, "items channels colours"],
        stored: UInt8[Tensor, "items bytes"],
        levels: Levels,
        size: tuple[int, int],
    ) -> None:
        """Args: colours, and levels that they are of; stored, numbers of colours as `packed` packs them, row by row of
        an image; size, its (height, width)."""
        super().__init__()
        self.register_buffer("colours", colours.detach().clone())
        self.register_buffer("packed", stored.detach().clone())
        self.levels, self.size = levels, size

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "items channels height width"]:
        """Images (items, channels, height, width), all or those chosen."""
        chosen: Any = slice(None) if index is None else index
        colours = self.levels.values(self.colours[chosen])
        numbers = unpacked(self.packed[chosen], _bits(colours.shape[2]), math.prod(self.size))
        return _painted(colours, numbers.long(), self.size)

    def fields(self) -> dict[str, Any]:
        """The shape of an image."""
        return {"input_shape": [self.colours.shape[1], *self.size]}

    @staticmethod
    def decoder(fields: Mapping[str, Any]) -> tuple[str, ...]:
        """The levels' scale and shift."""
        return ("levels.",)

    @staticmethod
    def item_bytes(inputs: Leaf, colours: int = 16) -> int:
        """Of an image's colours and their numbers. Raises `RequestError` for colours that are no power of two."""
        channels, height, width = image_shape(inputs, "palette")
        return _bytes(channels, height * width, colours)

    @staticmethod
    def shared_bytes(inputs: Leaf, colours: int = 16) -> int:
        """Of the levels' scale and shift."""
        return 4 * FLOATS * image_shape(inputs, "palette")[0]

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, colours: int = 16) -> LearntPalette:
        """Begin at the centres of clusters (k-means) of the pixels of every example (items, channels, height, width).

        Raises `RequestError` for inputs that are no images, and for colours that are not 2, 4, ... 256.
        """
        images = expect_images(inputs, "palette")
        _bits(colours)
        found = torch.stack([_colours(image.flatten(1).T, colours) for image in images])
        return LearntPalette(images, found.transpose(1, 2), Levels.across(images, BYTE))

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Palette:
        """Rebuild from "colours", "packed" and the levels' "scale" and "shift". Raises `ArtifactError`."""
        channels, height, width = stored_shape(fields)
        colours = expect_tensor(tensors, "colours", 3, floating=False)
        items, own, count = colours.shape
        if colours.dtype != torch.uint8 or own != channels or count not in _COUNTS:
            raise ArtifactError(f"tensor 'colours' is {tuple(colours.shape)} {colours.dtype}: no colours of images")
        stored = expect_packed(tensors, "packed", height * width, _bits(count))
        if len(stored) != items:
            raise ArtifactError(f"numbers of colours are of {len(stored)} images and colours of {items}")
        held = channels + 2 * _bits(count) + 4  # of a place: the pixel, its number as bits and as index
        expect_decodable(items * height * width * held, f"a set of {items} images of {height} x {width}")
        return cls(colours, stored, Levels.restored(tensors, channels), (height, width))


class LearntPalette(Codec):
    """What a palette is learnt by: pixels (items, channels, height, width) and colours (items, channels, colours).

    A pixel decodes to the colour that is nearest to it. Its gradient goes to that colour, and to the pixel as if it
    were decoded itself (van den Oord, Vinyals & Kavukcuoglu, NeurIPS 2017, arXiv 1711.00937), so that it may come
    nearer to another colour.
    """

    def __init__(
        self,
        data: Float[Tensor, "items channels height width"],
        colours: Float[Tensor, "items channels colours"],
        levels: Levels,
    ) -> None:
        """Args: data, pixels; colours, of which they take the nearest; levels, of which colours take the nearest."""
        super().__init__()
        self.data = nn.Parameter(data.detach().clone().float())
        # many pixels pull at a colour: so scaled, it moves by the mean of what they ask for and not by its sum
        self._shares = math.sqrt(math.prod(data.shape[2:]) / colours.shape[2])
        self.colours = nn.Parameter(colours.detach().clone().float() * self._shares)
        self.levels = levels

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "items channels height width"]:
        """Images in their colours, all or those chosen."""
        pixels, colours = (part if index is None else part[index] for part in (self.data, self.colours))
        colours = self.levels.rounded(colours / self._shares, BYTE)
        height, width = pixels.shape[2:]
        return straight_through(pixels, _painted(colours, _nearest(pixels, colours), (height, width)))

    def fields(self) -> dict[str, Any]:
        """As of what is stored."""
        return {"input_shape": list(self.data.shape[1:])}

    def stored(self) -> Palette:
        """Levels of the colours, and packed numbers of them."""
        colours = self.levels.nearest(self.colours / self._shares, BYTE)
        numbers = _nearest(self.data, self.levels.values(colours)).to(torch.uint8)
        height, width = self.data.shape[2:]
        return Palette(colours, packed(numbers, _bits(colours.shape[2])), self.levels, (height, width))


_COUNTS = tuple(2**bits for bits in range(1, BYTE + 1))


def _bits(colours: int) -> int:
    """Of the number of a colour."""
    if colours not in _COUNTS:
        raise RequestError(f"a palette has {colours!r} colours: expected one of {', '.join(map(str, _COUNTS))}")
    return int(colours).bit_length() - 1


def _bytes(channels: int, places: int, colours: int) -> int:
    return packed_bytes(places, _bits(colours)) + channels * colours


def _colours(pixels: Float[Tensor, "places channels"], count: int) -> Float[Tensor, "colours channels"]:
    """Centres of clusters; where there are no more different pixels than that, these."""
    distinct = pixels.unique(dim=0)
    if len(distinct) > count:
        return k_means(pixels, count, seed=0).centres
    return distinct[torch.arange(count).clamp(max=len(distinct) - 1)]


def _nearest(
    pixels: Float[Tensor, "items channels height width"], colours: Float[Tensor, "items channels colours"]
) -> Int[Tensor, "items places"]:
    """The number of the colour that is nearest to each pixel, the first of them in a tie."""
    places = pixels.detach().flatten(2)
    return torch.cdist(places.mT, colours.detach().mT, compute_mode="donot_use_mm_for_euclid_dist").argmin(2)


def _painted(
    colours: Float[Tensor, "items channels colours"], numbers: Int[Tensor, "items places"], size: tuple[int, int]
) -> Float[Tensor, "items channels height width"]:
    return colours.gather(2, numbers[:, None].expand(-1, colours.shape[1], -1)).unflatten(2, size)


CODEC = Palette
