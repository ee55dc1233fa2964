"""Quantised: pixels as whole numbers of one to eight bits, which are learnt as if they were not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jaxtyping import Float, Int, UInt8
from torch import Tensor, nn

from condenset.codecs.bits import BYTE, expect_packed, packed, packed_bytes, unpacked
from condenset.codecs.codec import Codec
from condenset.codecs.images import expect_images, image_shape, stored_shape
from condenset.codecs.levels import FLOATS, Levels
from condenset.codecs.restoring import expect_decodable
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError
from condenset.core.spec import Leaf
from condenset.tasks.task import Task


class Quantised(Codec):
    """Stores packed levels (items, bytes) uint8, and scale and shift (channels,) float32 that all images share.

    Nothing of it is learnt: `LearntQuantised` is what it is made of, and decodes to the same pixels.
    """

    packed: Tensor

    def __init__(
        self, stored: UInt8[Tensor, "items bytes"], levels: Levels, shape: tuple[int, int, int], bits: int
    ) -> None:
        """Args: stored, levels as `packed` packs them; shape, (channels, height, width); bits, of a level."""
        super().__init__()
        self.register_buffer("packed", stored.detach().clone())
        self.levels, self.shape, self.bits = levels, shape, bits

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "items channels height width"]:
        """Images (items, channels, height, width), all or those chosen."""
        channels, height, width = self.shape
        stored = self.packed if index is None else self.packed[index]
        numbers = unpacked(stored, self.bits, channels * height * width)
        return self.levels.values(numbers.view(-1, *self.shape))

    def fields(self) -> dict[str, Any]:
        """The shape of an image, and the bits of a pixel's channel."""
        return {"input_shape": list(self.shape), "bits": self.bits}

    @staticmethod
    def decoder(fields: Mapping[str, Any]) -> tuple[str, ...]:
        """Scale and shift."""
        return ("levels.",)

    @staticmethod
    def item_bytes(inputs: Leaf, bits: int = 8) -> int:
        """Of an image's levels. Raises `RequestError` for bits that are not 1 to 8."""
        channels, height, width = image_shape(inputs, "quantised")
        return packed_bytes(channels * height * width, bits)

    @staticmethod
    def shared_bytes(inputs: Leaf, bits: int = 8) -> int:
        """Of scale and shift."""
        return 4 * FLOATS * image_shape(inputs, "quantised")[0]

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, bits: int = 8) -> LearntQuantised:
        """Take levels from the darkest to the brightest pixel of the examples (items, channels, height, width).

        So images of eight bits that have both are kept as they are. Raises `RequestError` for inputs that are no
        images, and for bits that are not 1 to 8.
        """
        images = expect_images(inputs, "quantised")
        packed_bytes(images[0].numel(), bits)
        return LearntQuantised(images, Levels.across(images, bits), bits)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Quantised:
        """Rebuild from "packed" (items, bytes) and the levels' "scale" and "shift". Raises `ArtifactError`."""
        shape, bits = stored_shape(fields), fields.get("bits")
        if type(bits) is not int or not 1 <= bits <= BYTE:
            raise ArtifactError(f"bits {bits!r:.40} of a pixel are impossible: expected 1 to {BYTE}")
        channels, height, width = shape
        size = channels * height * width
        stored = expect_packed(tensors, "packed", size, bits)
        expect_decodable((1 + bits) * len(stored) * size, f"a set of {len(stored)} images of {height} x {width}")
        return cls(stored, Levels.restored(tensors, channels), shape, bits)


class LearntQuantised(Codec):
    """Pixels (items, channels, height, width) float32 that decode at their nearest levels, while they are learnt."""

    def __init__(self, data: Float[Tensor, "items channels height width"], levels: Levels, bits: int) -> None:
        """Args: data, pixels; levels, of which they decode to the nearest; bits, of a level."""
        super().__init__()
        self.data = nn.Parameter(data.detach().clone().float())
        self.levels, self.bits = levels, bits

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "items channels height width"]:
        """Images at their levels, all or those chosen; gradients pass to pixels as if these were not rounded."""
        return self.levels.rounded(self.data if index is None else self.data[index], self.bits)

    def fields(self) -> dict[str, Any]:
        """As of what is stored."""
        return {"input_shape": list(self.data.shape[1:]), "bits": self.bits}

    def stored(self) -> Quantised:
        """The levels, packed."""
        numbers = self.levels.nearest(self.data, self.bits)
        channels, height, width = self.data.shape[1:]
        return Quantised(packed(numbers.flatten(1), self.bits), self.levels, (channels, height, width), self.bits)


CODEC = Quantised
