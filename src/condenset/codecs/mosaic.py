"""Mosaic: images side by side in one picture, which a modern picture format stores in half of what JPEG takes."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from functools import cache, partial
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor, nn

from condenset.codecs.bits import BYTE
from condenset.codecs.codec import Codec
from condenset.codecs.compressed import FAULTS, MODES, best_quality, place_bytes
from condenset.codecs.images import expect_images, image_shape, stored_shape
from condenset.codecs.levels import FLOATS, Levels
from condenset.codecs.restoring import expect_decodable, expect_tensor
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.spec import Leaf
from condenset.core.untrusted_file import open_picture
from condenset.tasks.task import Task

_QUALITIES = range(101)
_SPEED = 3  # of 0 to 10: 6 takes a fifth of the time, and up to a fifth more bytes for images as near to the real ones
_GUESS = 8  # takes a twentieth of it, and bytes within a tenth: where to look for the quality
_NEAR = {"tune": "psnr"}  # to the real pixels, not to what an eye misses
_HEADER = 320  # bytes, about, of a file beside its pixels


class Mosaic(Codec):
    """Stores "picture" (bytes,) uint8, an AVIF file of all images row by row, filled up with zeros, and scale and shift
    (channels,) float32 of a pixel's levels. One picture has one header and one model of what is likely.

    Nothing of it is learnt: it is what real images are worth when they are stored as well as can be, or what is left of
    those that `LearntMosaic` learns.
    """

    picture: Tensor
    pixels: Tensor

    def __init__(
        self, picture: UInt8[Tensor, " bytes"], levels: Levels, items: int, shape: tuple[int, int, int]
    ) -> None:
        """Args: picture, see above; levels, of pixels; items, images in it; shape, (channels, height, width) of one.

        Raises `ArtifactError` where it is no such picture.
        """
        super().__init__()
        self.register_buffer("picture", picture.detach().clone())
        self.levels, self.shape = levels, shape
        expect_decodable(2 * items * math.prod(shape), f"a set of {items} images of {shape[1]} x {shape[2]}")
        content = picture.detach().cpu().numpy().tobytes()
        self.register_buffer("pixels", torch.from_numpy(_tiles(content, items, shape)), persistent=False)

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "items channels height width"]:
        """Images (items, channels, height, width), all or those chosen."""
        return self.levels.values(self.pixels if index is None else self.pixels[index])

    def fields(self) -> dict[str, Any]:
        """The shape of an image, and how many there are."""
        return {"input_shape": list(self.shape), "items": len(self.pixels)}

    @staticmethod
    def decoder(fields: Mapping[str, Any]) -> tuple[str, ...]:
        """Scale and shift."""
        return ("levels.",)

    @staticmethod
    def item_bytes(inputs: Leaf, bits: int | float = 1.0) -> int:
        """Of an image at so many bits a place, on average over the set. Raises `RequestError` for none."""
        return place_bytes(image_shape(inputs, "mosaic"), bits, "a mosaic", such_as=0.5)

    @staticmethod
    def shared_bytes(inputs: Leaf, bits: int | float = 1.0) -> int:
        """Of the file's header, and of scale and shift."""
        return _HEADER + 4 * FLOATS * image_shape(inputs, "mosaic")[0]

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, bits: int | float = 1.0) -> LearntMosaic:
        """Take the examples (items, channels, height, width), to be compressed to `bits` a place.

        Raises `RequestError` for inputs that are no grey or colour images, and for bits that not even the lowest
        quality keeps to.
        """
        images = expect_images(inputs, "mosaic")
        if images.shape[1] not in MODES:
            raise RequestError(f"a mosaic is of grey or colour images: got {images.shape[1]} channels")
        return LearntMosaic(images, _compressed(images, bits), bits)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Mosaic:
        """Rebuild from "picture" (bytes,) and the levels' "scale" and "shift". Raises `ArtifactError`."""
        shape, items = stored_shape(fields), fields.get("items")
        picture = expect_tensor(tensors, "picture", 1, floating=False)
        if picture.dtype != torch.uint8 or type(items) is not int or items < 1:
            raise ArtifactError(
                f"tensor 'picture' is {picture.dtype} of {items!r:.40} images: expected the bytes of some"
            )
        return cls(picture, Levels.restored(tensors, shape[0]), items, shape)


class LearntMosaic(Codec):
    """Images (items, channels, height, width) float32 as they are learnt: a file has no gradient, and takes minutes.

    They decode as they were compressed at first, and as far from there as they have moved; they are compressed anew
    when they are stored.
    """

    begun: Tensor

    def __init__(self, data: Float[Tensor, "items channels height width"], first: Mosaic, bits: int | float) -> None:
        """Args: data, grey or colour images; first, what compression leaves of them; bits, a place."""
        super().__init__()
        self.data, self.first, self.bits = nn.Parameter(data.detach().clone().float()), first, bits
        self.register_buffer("begun", self.data.detach().clone(), persistent=False)

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "items channels height width"]:
        """Images, all or those chosen."""
        chosen: Any = slice(None) if index is None else index
        return self.first(index) + (self.data[chosen] - self.begun[chosen])

    def fields(self) -> dict[str, Any]:
        """As of what is stored."""
        return self.first.fields()

    def stored(self) -> Mosaic:
        """The picture of the images at the highest quality for which they take their bits a place.

        Raises `RequestError` where not even the lowest one does.
        """
        if torch.equal(self.data, self.begun):
            return self.first
        return _compressed(self.data.detach(), self.bits).to(self.data.device)


def _compressed(images: Float[Tensor, "items channels height width"], bits: int | float) -> Mosaic:
    items, shape = len(images), image_shape(Leaf(tuple(images.shape[1:])), "mosaic")
    levels, most = Levels.across(images, BYTE), _HEADER + items * Mosaic.item_bytes(Leaf(shape), bits)
    canvas = _canvas(levels.nearest(images, BYTE).cpu().numpy())
    compressed = cache(partial(_file, canvas, _SPEED))
    guess = best_quality(_QUALITIES, most, partial(_file, canvas, _GUESS))
    quality = best_quality(_QUALITIES, most, compressed, guess or _QUALITIES[0])
    if quality is None:
        least = BYTE * (len(compressed(_QUALITIES[0])) - _HEADER) / (items * shape[1] * shape[2])
        raise RequestError(f"a mosaic takes {least:.2f} bits a place of these images at least: got bits={bits}")
    file = compressed(quality).ljust(most, b"\0")
    return Mosaic(torch.frombuffer(bytearray(file), dtype=torch.uint8), levels, items, shape)


def _columns(items: int) -> int:
    return math.isqrt(items - 1) + 1


def _canvas(images: UInt8[np.ndarray, "items channels height width"]) -> UInt8[np.ndarray, "rows columns channels"]:
    """Images row by row, and black ones behind them."""
    columns = _columns(len(images))
    missing = -len(images) % columns
    tiles = np.pad(images, ((0, missing), (0, 0), (0, 0), (0, 0))).transpose(0, 2, 3, 1)
    count, height, width, channels = tiles.shape
    grid = tiles.reshape(count // columns, columns, height, width, channels).transpose(0, 2, 1, 3, 4)
    return np.ascontiguousarray(grid.reshape(count // columns * height, columns * width, channels))


def _file(canvas: UInt8[np.ndarray, "rows columns channels"], speed: int, quality: int) -> bytes:
    """By one thread, so that the same images are the same bytes on every machine."""
    from PIL import Image

    file, grey = io.BytesIO(), canvas.shape[2] == 1
    picture = Image.fromarray(canvas[..., 0] if grey else canvas).convert("RGB")
    colours = "4:0:0" if grey else "4:2:0"
    picture.save(file, "AVIF", quality=quality, speed=speed, max_threads=1, subsampling=colours, advanced=_NEAR)
    return file.getvalue()


def _tiles(content: bytes, items: int, shape: tuple[int, int, int]) -> UInt8[np.ndarray, "items channels height width"]:
    channels, height, width = shape
    columns = _columns(items)
    rows = -(-items // columns)
    try:
        with open_picture(content, "the picture of the set") as picture:
            if picture.size != (columns * width, rows * height) or channels not in MODES:
                raise ArtifactError(f"the picture of the set is {picture.size}: {items} images {shape} make another")
            pixels = np.asarray(picture.convert(MODES[channels])).reshape(rows, height, columns, width, channels)
    except FAULTS as error:
        raise ArtifactError(f"the picture of the set cannot be read ({error}): it is truncated or altered") from error
    return pixels.transpose(0, 2, 4, 1, 3).reshape(-1, *shape)[:items].copy()


CODEC = Mosaic
