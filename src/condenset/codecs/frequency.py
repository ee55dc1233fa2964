"""Frequency: several images at the bytes of one, each by the lowest coefficients of its discrete cosine transform."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.codecs.codec import Codec
from condenset.codecs.images import expect_images, image_shape
from condenset.codecs.restoring import expect_decodable, expect_tensor
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.spec import Leaf
from condenset.tasks.task import Task


class Frequency(Codec):
    """Stores coefficients (items, images, channels, kept) float32 and decodes all images of every item.

    The transform is orthonormal, so that a step in coefficients is one of the same length in pixels. Shin et al.
    (Frequency Domain-based Dataset Distillation, NeurIPS 2023, arXiv 2311.08819) keep, for each class, the coefficients
    that vary most among its first images; here they are the lowest of every image, for which no list need be stored.
    """

    def __init__(self, data: Float[Tensor, "items images channels kept"], size: tuple[int, int]) -> None:
        """Args: data, see above; size, (height, width) of decoded images."""
        super().__init__()
        self.data = nn.Parameter(data.detach().clone().float())
        self.size = size

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "decoded channels height width"]:
        """Images (decoded, channels, height, width), all or those chosen, item after item."""
        height, width = self.size
        coefficients = self.data.flatten(0, 1)
        coefficients = coefficients if index is None else coefficients[index]
        spectrum = coefficients.new_zeros(*coefficients.shape[:2], height * width)
        spectrum = spectrum.index_copy(2, _lowest(height, width, self.data.shape[3]).to(self.data.device), coefficients)
        return _cosines(height).to(spectrum).T @ spectrum.unflatten(2, self.size) @ _cosines(width).to(spectrum)

    def origin(self) -> Int[Tensor, " decoded"]:
        """The item of every decoded image, in the shape (decoded,)."""
        items, images = self.data.shape[:2]
        return torch.arange(items, device=self.data.device).repeat_interleave(images)

    def fields(self) -> dict[str, Any]:
        """Size [height, width] of a decoded image."""
        return {"size": list(self.size)}

    @staticmethod
    def examples_per_item(images: int = 4) -> int:
        """The images of an item."""
        return images

    @staticmethod
    def item_bytes(inputs: Leaf, images: int = 4) -> int:
        """Of the coefficients that its images keep."""
        channels, height, width = image_shape(inputs, "frequency")
        return 4 * images * channels * (height * width // images)

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, images: int = 4) -> Frequency:
        """Keep 1 / images of the coefficients of the examples (decoded, channels, height, width), lowest first.

        Raises `RequestError` for inputs that are no images, do not fill whole items or keep no coefficient.
        """
        examples = expect_images(inputs, "frequency")
        height, width = examples.shape[2:]
        if not 1 <= images <= height * width or len(examples) % images:
            raise RequestError(
                f"{len(examples)} examples of {height} x {width} do not fill whole items of {images} images: "
                f"give images between 1 and {height * width}, and as many examples for each item"
            )
        spectrum = _cosines(height).to(examples) @ examples @ _cosines(width).to(examples).T
        kept = _lowest(height, width, height * width // images).to(examples.device)
        return cls(spectrum.flatten(2)[:, :, kept].unflatten(0, (-1, images)), (height, width))

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Frequency:
        """Rebuild from "data" (items, images, channels, kept). Raises `ArtifactError` where it does not fit."""
        data, size = expect_tensor(tensors, "data", 4), fields.get("size")
        if not isinstance(size, list) or [type(side) for side in size] != [int, int] or min(size) < 1:
            raise ArtifactError(f"size {size!r} of decoded images is impossible: expected [height, width]")
        if data.shape[1] * data.shape[3] > size[0] * size[1]:
            raise ArtifactError(f"tensor 'data' {tuple(data.shape)} holds more coefficients than images {size} have")
        height, width = size
        items, images, channels, _ = data.shape
        waves = 2 * (height**2 + width**2)  # in float64
        numbers = items * images * channels * height * width + waves
        expect_decodable(numbers, f"a set of {items * images} images of {height} x {width}")
        return cls(data, (height, width))


@lru_cache(maxsize=16)
def _cosines(side: int) -> Float[Tensor, "side side"]:
    """The orthonormal discrete cosine transform (DCT-II), a frequency a row."""
    frequency, place = torch.arange(side, dtype=torch.float64)[:, None], torch.arange(side, dtype=torch.float64)
    waves = torch.cos(math.pi * frequency * (place + 0.5) / side) * math.sqrt(2 / side)
    waves[0] /= math.sqrt(2)
    return waves.float()


@lru_cache(maxsize=16)
def _lowest(height: int, width: int, kept: int) -> Int[Tensor, " kept"]:
    """Places in the flattened spectrum, diagonal by diagonal from the mean on."""
    down, across = torch.arange(height)[:, None] * width, torch.arange(width) * height
    return (down + across).flatten().argsort(stable=True)[:kept]


CODEC = Frequency
