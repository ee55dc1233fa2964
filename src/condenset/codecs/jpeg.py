"""JPEG: real images as a camera would store them, at the best quality for which all of them fit into their bytes."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from functools import cache, lru_cache, partial
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

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

_QUALITIES = range(1, 96)  # above, Pillow warns, files grow and pictures hardly change
_SCAN = b"\xff\xda"  # the marker of the segment that opens a scan
_END = b"\xff\xd9"  # the marker behind them; a byte of theirs that is 255 has a 0 behind it


class Jpeg(Codec):
    """Stores the part that all files of one size and quality have in common once, "head" (bytes,) uint8, what is left
    of every file with its end marker, one after another and filled up with zeros, "scans" (bytes,) uint8, and scale
    and shift (channels,) float32 of a pixel's levels.

    Nothing of it is learnt: it is what real images are worth when they are stored well.
    """

    head: Tensor
    scans: Tensor
    pixels: Tensor

    def __init__(
        self,
        head: UInt8[Tensor, " head"],
        scans: UInt8[Tensor, " bytes"],
        levels: Levels,
        shape: tuple[int, int, int],
    ) -> None:
        """Args: head and scans, see above; levels, of pixels; shape, (channels, height, width).

        Raises `ArtifactError` where they are no such pictures.
        """
        super().__init__()
        self.register_buffer("head", head.detach().clone())
        self.register_buffer("scans", scans.detach().clone())
        self.levels, self.shape = levels, shape
        parts = _bytes_of(scans).split(_END)[:-1]
        expect_decodable(2 * len(parts) * math.prod(shape), f"a set of {len(parts)} images of {shape[1]} x {shape[2]}")
        pixels = [_decoded(_bytes_of(head) + part + _END, shape) for part in parts]
        self.register_buffer("pixels", torch.from_numpy(np.stack(pixels)), persistent=False)

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "items channels height width"]:
        """Images (items, channels, height, width), all or those chosen."""
        return self.levels.values(self.pixels if index is None else self.pixels[index])

    def fields(self) -> dict[str, Any]:
        """The shape of an image."""
        return {"input_shape": list(self.shape)}

    @staticmethod
    def decoder(fields: Mapping[str, Any]) -> tuple[str, ...]:
        """The head, and scale and shift."""
        return ("head", "levels.")

    @staticmethod
    def item_bytes(inputs: Leaf, bits: int | float = 2.0) -> int:
        """Of an image at so many bits a place, on average over the set. Raises `RequestError` for none."""
        return place_bytes(image_shape(inputs, "jpeg"), bits, "a JPEG picture", such_as=1.5)

    @staticmethod
    def shared_bytes(inputs: Leaf, bits: int | float = 2.0) -> int:
        """Of the head, and of scale and shift."""
        shape = image_shape(inputs, "jpeg")
        return len(_head(shape, _QUALITIES[0])) + 4 * FLOATS * shape[0]

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, bits: int | float = 2.0) -> Jpeg:
        """Compress the examples (items, channels, height, width) at the highest quality for which all of them together
        take `bits` a place.

        Raises `RequestError` for inputs that are no grey or colour images, and for bits that not even the lowest
        quality keeps to.
        """
        images = expect_images(inputs, "jpeg")
        shape = image_shape(Leaf(tuple(images.shape[1:])), "jpeg")
        levels = Levels.across(images, BYTE)
        pixels, most = levels.nearest(images, BYTE).cpu().numpy(), len(images) * cls.item_bytes(Leaf(shape), bits)
        compressed = cache(partial(_scans, pixels))
        quality = best_quality(_QUALITIES, most, compressed)
        if quality is None:
            least = BYTE * len(compressed(_QUALITIES[0])) / (len(images) * shape[1] * shape[2])
            raise RequestError(f"JPEG takes {least:.2f} bits a place of these images at least: got bits={bits}")
        scans = compressed(quality).ljust(most, b"\0")
        return cls(_tensor_of(_head(shape, quality)), _tensor_of(scans), levels, shape)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Jpeg:
        """Rebuild from "head" and "scans" (bytes,) and the levels' "scale" and "shift". Raises `ArtifactError`."""
        shape = stored_shape(fields)
        head, scans = (expect_tensor(tensors, name, 1, floating=False) for name in ("head", "scans"))
        if {head.dtype, scans.dtype} != {torch.uint8} or _END not in _bytes_of(scans):
            raise ArtifactError("tensors 'head' and 'scans' are the bytes of no JPEG picture")
        return cls(head, scans, Levels.restored(tensors, shape[0]), shape)


def _file(pixels: UInt8[np.ndarray, "channels height width"], quality: int) -> bytes:
    """An image as a JPEG file with the tables that all images share."""
    from PIL import Image

    if len(pixels) not in MODES:
        raise RequestError(f"JPEG stores grey and colour images: got {len(pixels)} channels")
    file = io.BytesIO()
    rows = np.moveaxis(pixels, 0, 2)
    Image.fromarray(np.ascontiguousarray(rows[..., 0] if len(pixels) == 1 else rows)).save(
        file, "JPEG", quality=quality
    )
    return file.getvalue()


def _split(file: bytes) -> int:
    """Where an image's own bytes begin: behind the segment that opens its scan. A segment says its length."""
    place, marker = 2, b""
    while marker != _SCAN:
        marker, length = file[place : place + 2], file[place + 2 : place + 4]
        place += 2 + int.from_bytes(length)
    return place


@lru_cache(maxsize=256)
def _head(shape: tuple[int, int, int], quality: int) -> bytes:
    file = _file(np.zeros(shape, dtype=np.uint8), quality)
    return file[: _split(file)]


def _scans(images: UInt8[np.ndarray, "items channels height width"], quality: int) -> bytes:
    files = (_file(image, quality) for image in images)
    return b"".join(file[_split(file) :] for file in files)


def _decoded(file: bytes, shape: tuple[int, int, int]) -> UInt8[np.ndarray, "channels height width"]:
    channels, height, width = shape
    try:
        with open_picture(file, "a picture of the set") as picture:
            if picture.size != (width, height) or picture.mode != MODES.get(channels) or picture.format != "JPEG":
                raise ArtifactError(f"a picture of the set is {picture.size} {picture.mode}: the card says {shape}")
            return np.asarray(picture).reshape(height, width, channels).transpose(2, 0, 1).copy()
    except FAULTS as error:
        raise ArtifactError(f"a picture of the set is no JPEG ({error}): it is truncated or altered") from error


def _bytes_of(stored: UInt8[Tensor, " bytes"]) -> bytes:
    return stored.detach().cpu().numpy().tobytes()


def _tensor_of(content: bytes) -> UInt8[Tensor, " bytes"]:
    return torch.frombuffer(bytearray(content), dtype=torch.uint8)


CODEC = Jpeg
