"""Bases: images are weighted sums of a few small images that all of them share, enlarged when decoded."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.codecs.codec import Codec
from condenset.codecs.images import expect_images, image_shape
from condenset.codecs.restoring import expect_decodable, expect_tensor
from condenset.codecs.slowed import slowed
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.float64 import float64
from condenset.core.spec import Leaf
from condenset.tasks.task import Task

_ENLARGED = 16  # times, at most, so that a small file does not become a large tensor


class Bases(Codec):
    """The addressable memory of Deng and Russakovsky (Remember the Past, NeurIPS 2022, arXiv 2206.02916).

    Stores bases (bases, channels, rows, columns) float32 and, for every decoded image, coefficients (decoded, bases)
    float32. An item stands for several decoded images, so at the bytes of a raw set there are many more of them.
    """

    def __init__(
        self,
        coefficients: Float[Tensor, "decoded bases"],
        bases: Float[Tensor, "bases channels rows columns"],
        size: tuple[int, int],
        images: int,
    ) -> None:
        """Args: coefficients and bases, see above; size, (height, width) of decoded images; images, per item."""
        super().__init__()
        self.coefficients = nn.Parameter(coefficients.detach().clone().float())
        self.bases = nn.Parameter(bases.detach().clone().float())
        self.size, self.images = size, images

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "decoded channels height width"]:
        """Sums (decoded, channels, height, width), all or those chosen, enlarged bilinearly; item after item."""
        coefficients = self.coefficients if index is None else self.coefficients[index]
        coefficients = slowed(coefficients, 1 / (self.bases.shape[1] * math.prod(self.size)))
        small = torch.einsum("db,bcrs->dcrs", coefficients, self.bases)
        return F.interpolate(small, self.size, mode="bilinear", align_corners=False)

    def origin(self) -> Int[Tensor, " decoded"]:
        """The item of every decoded image, in the shape (decoded,)."""
        return torch.arange(len(self.coefficients), device=self.coefficients.device) // self.images

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """Two groups: "data", coefficients (decoded, bases), and "bases", (bases, channels, rows, columns)."""
        return {"data": [self.coefficients], "bases": [self.bases]}

    def fields(self) -> dict[str, Any]:
        """Size [height, width] of a decoded image, and how many an item holds."""
        return {"size": list(self.size), "images": self.images}

    @staticmethod
    def examples_per_item(count: int = 4, shrink: int = 2, images: int = 2) -> int:
        """The images of an item."""
        return images

    @staticmethod
    def decoder(fields: Mapping[str, Any]) -> tuple[str, ...]:
        """The bases."""
        return ("bases",)

    @staticmethod
    def item_bytes(inputs: Leaf, count: int = 4, shrink: int = 2, images: int = 2) -> int:
        """Of the coefficients of its images."""
        return 4 * images * count

    @staticmethod
    def shared_bytes(inputs: Leaf, count: int = 4, shrink: int = 2, images: int = 2) -> int:
        """Of the bases."""
        channels, height, width = image_shape(inputs, "bases")
        return 4 * count * channels * -(-height // shrink) * -(-width // shrink)

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, count: int = 4, shrink: int = 2, images: int = 2) -> Bases:
        """Approximate the examples (decoded, channels, height, width) by their `count` principal directions.

        They are reduced `shrink` times by area means first. The directions are of unit mean square, so that a
        coefficient is the share of one in the pixels. Raises `RequestError` for inputs that are no images, and for more
        bases than there are examples or reduced pixels.
        """
        whole = expect_images(inputs, "bases")
        height, width = whole.shape[2:]
        small = F.interpolate(whole, (-(-height // shrink), -(-width // shrink)), mode="area")
        if not 1 <= count <= min(len(small), small[0].numel()):
            raise RequestError(f"{count} bases for {len(small)} images of {small[0].numel()} numbers: give fewer")
        left, strengths, right = torch.linalg.svd(float64(small.flatten(1)), full_matrices=False)
        unit = small[0].numel() ** 0.5
        bases = (right[:count] * unit).view(count, *small.shape[1:]).to(small)
        return cls(((left * strengths)[:, :count] / unit).to(small), bases, (height, width), images)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Bases:
        """Rebuild from "coefficients" (decoded, bases) and "bases" (bases, channels, rows, columns).

        Raises `ArtifactError` where they do not fit the fields.
        """
        coefficients, bases = expect_tensor(tensors, "coefficients", 2), expect_tensor(tensors, "bases", 4)
        images, size = fields.get("images"), fields.get("size")
        if coefficients.shape[1] != len(bases):
            raise ArtifactError(f"coefficients are of {coefficients.shape[1]} bases: found {len(bases)}")
        if not isinstance(images, int) or images < 1 or len(coefficients) % images:
            raise ArtifactError(f"{len(coefficients)} coefficient rows do not fill whole items of {images!r} images")
        sides = tuple(bases.shape[2:])
        match size:
            case [int(height), int(width)] if all(
                side <= n <= _ENLARGED * side for n, side in zip((height, width), sides, strict=True)
            ):
                numbers = len(coefficients) * bases.shape[1] * height * width
                expect_decodable(numbers, f"a set of {len(coefficients)} images of {height} x {width}")
                return cls(coefficients, bases, (height, width), images)
        raise ArtifactError(f"size {size!r} is no height and width of 1 to {_ENLARGED} times {sides}")


CODEC = Bases
