"""Components: images by how far they go along the directions in which images of their set differ most, in few bits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor, nn

from condenset.codecs.bits import BYTE, packed, unpacked
from condenset.codecs.images import expect_images, image_shape, stored_shape
from condenset.codecs.levels import FLOATS, Levels
from condenset.codecs.restoring import expect_decodable, expect_tensor
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.float64 import float64
from condenset.core.spec import Leaf
from condenset.tasks.task import Task

# Standard deviations between 2, 4, 8 ... 256 evenly spaced levels of least squared error for a normal variable (Max,
# Quantizing for Minimum Distortion, 1960).
_STEPS = torch.tensor((1.5956, 0.9957, 0.5860, 0.3352, 0.1881, 0.1041, 0.0569, 0.0308))


class Frame(nn.Module):
    """What all images share: their mean and the directions, in levels of a byte, and how many bits lie along each.

    Stores rows (1 + count, pixels) uint8, the mean first, with the scale and shift (1 + count,) float32 of their
    levels; and for what lies along each, bits (count,) uint8 and scale and shift (count,) float32.
    """

    rows: Tensor
    bits: Tensor

    def __init__(
        self, rows: UInt8[Tensor, "rows pixels"], of_rows: Levels, bits: UInt8[Tensor, " count"], along: Levels
    ) -> None:
        """Args: rows, see above; of_rows, their levels; bits, of each direction, 1 to 8; along, the levels there."""
        super().__init__()
        self.register_buffer("rows", rows.detach().clone())
        self.register_buffer("bits", bits.detach().clone())
        self.of_rows, self.along = of_rows, along

    def rounded(self, numbers: Float[Tensor, "n count"]) -> Float[Tensor, "n count"]:
        """Numbers along the directions at their nearest levels; gradients pass as if they were not."""
        return self.along.rounded(numbers, self.bits)

    def images(self, numbers: Float[Tensor, "n count"]) -> Float[Tensor, "n pixels"]:
        """The mean and so much of every direction."""
        mean, directions = self.of_rows.values(self.rows[None])[0].split([1, len(self.bits)])
        return mean + numbers @ directions


class Components(nn.Module):
    """Transform coding (Huang and Schultheiss, Block Quantization of Correlated Gaussian Random Variables, 1963) by the
    principal components of the set's own images: an image is a few bytes, and the directions are counted once.

    Stores packed levels (items, bytes) uint8, and the frame. Nothing of it is learnt: `LearntComponents` is what it is
    made of, and decodes to the same pixels.
    """

    packed: Tensor

    def __init__(self, stored: UInt8[Tensor, "items bytes"], frame: Frame, shape: tuple[int, int, int]) -> None:
        """Args: stored, levels as `packed` packs them; frame, of the set; shape, (channels, height, width)."""
        super().__init__()
        self.register_buffer("packed", stored.detach().clone())
        self.frame, self.shape = frame, shape

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "items channels height width"]:
        """Images (items, channels, height, width), all or those chosen."""
        stored = self.packed if index is None else self.packed[index]
        numbers = unpacked(stored, self.frame.bits, len(self.frame.bits))
        return self.frame.images(self.frame.along.values(numbers)).view(-1, *self.shape)

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """None: whole numbers have no gradient."""
        return {}

    def fields(self) -> dict[str, Any]:
        """The shape of an image."""
        return {"input_shape": list(self.shape)}

    @staticmethod
    def decoder(fields: Mapping[str, Any]) -> tuple[str, ...]:
        """The frame."""
        return ("frame.",)

    @staticmethod
    def item_bytes(inputs: Leaf, count: int = 32, bytes: int = 16) -> int:
        """As many as asked for. Raises `RequestError` for none, and for more than the components can use."""
        _expect_possible(image_shape(inputs, "components"), count, bytes)
        return bytes

    @staticmethod
    def shared_bytes(inputs: Leaf, count: int = 32, bytes: int = 16) -> int:
        """Of the frame."""
        pixels = math.prod(image_shape(inputs, "components"))
        return (1 + count) * (pixels + 4 * FLOATS) + count * (1 + 4 * FLOATS)

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, count: int = 32, bytes: int = 16) -> LearntComponents:
        """Find the `count` directions of the examples (items, channels, height, width), and share out the bits of
        `bytes` among them, one after another to where the error of rounding is greatest.

        Raises `RequestError` for inputs that are no images, for more components than there are pixels, and for bytes
        that they cannot use.
        """
        images = expect_images(inputs, "components")
        shape = image_shape(Leaf(tuple(images.shape[1:])), "components")
        _expect_possible(shape, count, bytes)
        flat = float64(images.flatten(1))
        mean = flat.mean(0)
        directions = _principal(flat - mean, count)
        numbers = (flat - mean) @ directions.T
        rows = torch.cat([mean[None], directions]).to(images)
        of_rows = Levels.across(rows[None], BYTE)
        bits = _shared_out(numbers.square().mean(0), BYTE * bytes)
        step = _step(numbers, bits).to(images)
        along = Levels(step, -step * (2.0**bits - 1) / 2)
        frame = Frame(of_rows.nearest(rows[None], BYTE)[0], of_rows, bits, along)
        return LearntComponents(numbers.to(images), frame, shape)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Components:
        """Rebuild from "packed" (items, bytes) and what a `Frame` stores. Raises `ArtifactError`."""
        shape = stored_shape(fields)
        rows, stored = (expect_tensor(tensors, name, 2, floating=False) for name in ("frame.rows", "packed"))
        bits = expect_tensor(tensors, "frame.bits", 1, floating=False)
        if {rows.dtype, bits.dtype, stored.dtype} != {torch.uint8}:
            raise ArtifactError("tensors 'frame.rows', 'frame.bits' and 'packed' are bytes: found other numbers")
        pixels, wide = math.prod(shape), -(-int(bits.sum()) // BYTE)
        if (
            rows.shape != (1 + len(bits), pixels)
            or not 1 <= int(bits.min()) <= int(bits.max()) <= BYTE
            or stored.shape[1] != wide
        ):
            raise ArtifactError(
                f"rows {tuple(rows.shape)}, bits {tuple(bits.shape)} and images {tuple(stored.shape)} do not fit: "
                f"images of {shape} have {pixels} pixels, and these bits make {wide} bytes"
            )
        expect_decodable(len(stored) * (pixels + 2 * BYTE * len(bits)), f"a set of {len(stored)} images of {shape}")
        of_rows = Levels.restored(tensors, len(rows), "frame.of_rows")
        frame = Frame(rows, of_rows, bits, Levels.restored(tensors, len(bits), "frame.along"))
        return cls(stored, frame, shape)


class LearntComponents(nn.Module):
    """Numbers (items, count) float32 that decode at their nearest levels, while they are learnt. Directions are of
    length 1, so that a step of descent is of the same length in pixels."""

    def __init__(self, data: Float[Tensor, "items count"], frame: Frame, shape: tuple[int, int, int]) -> None:
        """Args: data, numbers; frame, that they are of; shape, (channels, height, width) of an image."""
        super().__init__()
        self.data = nn.Parameter(data.detach().clone().float())
        self.frame, self.shape = frame, shape

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "items channels height width"]:
        """Images of the nearest levels, all or those chosen; gradients pass as if numbers were not rounded."""
        numbers = self.frame.rounded(self.data if index is None else self.data[index])
        return self.frame.images(numbers).view(-1, *self.shape)

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """One group, "data": the numbers (items, count)."""
        return {"data": [self.data]}

    def fields(self) -> dict[str, Any]:
        """As of what is stored."""
        return {"input_shape": list(self.shape)}

    def stored(self) -> Components:
        """The levels, packed."""
        bits = self.frame.bits
        return Components(packed(self.frame.along.nearest(self.data, bits), bits), self.frame, self.shape)


def _principal(centred: Float[Tensor, "n pixels"], count: int) -> Float[Tensor, "count pixels"]:
    """The orthonormal directions of greatest variance, by eigenvectors of the smaller of both products."""
    if len(centred) >= centred.shape[1]:
        return torch.linalg.eigh(centred.T @ centred).eigenvectors.flip(1)[:, :count].T
    right = torch.linalg.svd(centred, full_matrices=False).Vh[:count]
    return torch.cat([right, right.new_zeros(count - len(right), centred.shape[1])])


def _shared_out(variance: Float[Tensor, " count"], bits: int) -> UInt8[Tensor, " count"]:
    """Bits, one to a byte each; another bit halves the error of rounding, and quarters its square."""
    given, left = torch.ones(len(variance), dtype=torch.uint8), variance / 4
    for _ in range(bits - len(variance)):
        chosen = int(torch.where(given < BYTE, left, -1.0).argmax())
        given[chosen] += 1
        left[chosen] /= 4
    return given


def _step(numbers: Float[Tensor, "n count"], bits: UInt8[Tensor, " count"]) -> Float[Tensor, " count"]:
    spread = numbers.square().mean(0).sqrt()
    return _STEPS[bits.long() - 1] * torch.where(spread > 0, spread, torch.ones_like(spread))


def _expect_possible(shape: tuple[int, int, int], count: int, bytes: int) -> None:
    if not 1 <= count <= math.prod(shape):
        raise RequestError(f"images of {shape} have {math.prod(shape)} components at most: got count={count}")
    if not count <= BYTE * bytes <= BYTE * count:
        least, most = -(-count // BYTE), count
        raise RequestError(f"{count} components of 1 to {BYTE} bits take {least} to {most} bytes: got bytes={bytes}")


CODEC = Components
