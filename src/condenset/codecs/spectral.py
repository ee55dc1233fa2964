"""Spectral: images are products of small tensors, each their own, and of a few matrices that all images share (NSD)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.codecs.codec import Codec
from condenset.codecs.images import expect_images, image_shape
from condenset.codecs.restoring import expect_decodable, expect_tensor
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.float64 import float64
from condenset.core.spec import Leaf
from condenset.tasks.task import Task

_KERNELS = ("mix", "down", "across")
_AT_ONCE = 512  # images that are fitted together
_RATE = 0.1  # of the size of a tensor


class Spectral(Codec):
    """Stores spectra (items, channels, rows, columns) and `count` transformations, which decode count images of each
    (Yang et al., Neural Spectral Decomposition for Dataset Distillation, ECCV 2024, arXiv 2408.16236).

    A transformation is a matrix for every dimension of an image, and an image a spectrum times all three. They are
    stored float32, each with a first axis of one: "mix" (1, count, channels, channels), "down" (1, count, height, rows)
    and "across" (1, count, width, columns). The paper's matching of trajectories under the guidance of real ones is an
    objective, and not here.
    """

    def __init__(self, data: Float[Tensor, "items channels rows columns"], kernels: Mapping[str, Tensor]) -> None:
        """Args: data, the spectra; kernels, the matrices by name, see above."""
        super().__init__()
        self.data = nn.Parameter(data.detach().clone().float())
        self.kernels = nn.ParameterDict(
            {name: nn.Parameter(kernels[name].detach().clone().float()) for name in kernels}
        )

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "decoded channels height width"]:
        """Images (decoded, channels, height, width), all or those chosen, count of a spectrum, spectrum after
        spectrum."""
        return _combined(self.data, self.kernels, index)

    def origin(self) -> Int[Tensor, " decoded"]:
        """The spectrum of every decoded image, in the shape (decoded,)."""
        return torch.arange(len(self.data), device=self.data.device).repeat_interleave(_count(self.kernels))

    @staticmethod
    def examples_per_item(count: int = 4, shrink: int = 2, fit: int = 100) -> int:
        """The images of a spectrum."""
        return count

    @staticmethod
    def decoder(fields: Mapping[str, Any]) -> tuple[str, ...]:
        """The transformations."""
        return ("kernels.",)

    @staticmethod
    def item_bytes(inputs: Leaf, count: int = 4, shrink: int = 2, fit: int = 100) -> int:
        """Of a spectrum."""
        return 4 * math.prod(_sides(image_shape(inputs, "spectral"), count, shrink))

    @staticmethod
    def shared_bytes(inputs: Leaf, count: int = 4, shrink: int = 2, fit: int = 100) -> int:
        """Of the transformations."""
        shape = image_shape(inputs, "spectral")
        return 4 * count * sum(math.prod(sides) for sides in zip(shape, _sides(shape, count, shrink), strict=True))

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, count: int = 4, shrink: int = 2, fit: int = 100) -> LearntSpectral:
        """Fit spectra and transformations to the examples (decoded, channels, height, width), count for each item, item
        after item, by so many steps of Adam on the squared error.

        They begin where every transformation reads a block of the spectrum of its own, by the principal directions of
        rows and of columns. Args: shrink, how many times a spectrum is smaller than an image, along both sides. Raises
        `RequestError` for inputs that are no images, for a spectrum of less than a number for each of its images, and
        for no step.
        """
        images = expect_images(inputs, "spectral")
        channels, height, width = images.shape[1:]
        if fit < 1:
            raise RequestError(f"images are fitted in {fit} steps: expected 1 or more")
        data, kernels = _blocks(images, count, _sides((channels, height, width), count, shrink))
        begun = cls(data, kernels)
        _fit(begun, images, fit)
        return LearntSpectral(begun.data, dict(begun.kernels.items()))

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Spectral:
        """Rebuild from "data" and the matrices below "kernels". Raises `ArtifactError` where they do not fit."""
        data = expect_tensor(tensors, "data", 4)
        kernels = {name: expect_tensor(tensors, f"kernels.{name}", 4) for name in _KERNELS}
        (channels, rows, columns), count = data.shape[1:], _count(kernels)
        height, width = (kernels[name].shape[2] for name in _KERNELS[1:])
        fitting = [(1, count, *sides) for sides in ((channels, channels), (height, rows), (width, columns))]
        if [tuple(kernels[name].shape) for name in _KERNELS] != fitting:
            raise ArtifactError(f"transformations of spectra {tuple(data.shape)} do not fit: expected {fitting}")
        held = channels * (rows * columns + rows * width + 2 * height * width) + height * rows + width * columns
        expect_decodable(len(data) * count * held, f"a set of {len(data) * count} images of {height} x {width}")
        return cls(data, kernels)


class LearntSpectral(Codec):
    """Spectra and transformations while they are learnt, each times a scale, so that a step of descent moves pixels no
    farther than one of pixels themselves would, and rates for pixels do for them."""

    scale: Tensor

    def __init__(self, data: Float[Tensor, "items channels rows columns"], kernels: Mapping[str, Tensor]) -> None:
        """Args: as of `Spectral`, as they are."""
        super().__init__()
        gains = math.prod(torch.linalg.matrix_norm(kernels[name].detach(), 2) for name in _KERNELS)
        self.register_buffer("scale", torch.stack([gains.norm(), gains.max() * data.detach().norm()]))
        self.data = nn.Parameter(data.detach() * self.scale[0])
        self.kernels = nn.ParameterDict(
            {name: nn.Parameter(kernels[name].detach() * self.scale[1]) for name in kernels}
        )

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "decoded channels height width"]:
        """Images, all or those chosen, as of what is stored."""
        return _combined(*self._unscaled(), index)

    def origin(self) -> Int[Tensor, " decoded"]:
        """As of what is stored."""
        return torch.arange(len(self.data), device=self.data.device).repeat_interleave(_count(self.kernels))

    def stored(self) -> Spectral:
        """Spectra and transformations as they are."""
        return Spectral(*self._unscaled())

    def _unscaled(self) -> tuple[Tensor, dict[str, Tensor]]:
        return self.data / self.scale[0], {name: part / self.scale[1] for name, part in self.kernels.items()}


def _combined(
    data: Float[Tensor, "items channels rows columns"], kernels: Any, index: Int[Tensor, " chosen"] | None
) -> Float[Tensor, "decoded channels height width"]:
    count = _count(kernels)
    index = torch.arange(len(data) * count, device=data.device) if index is None else index
    mix, down, across = (kernels[name][0, index % count] for name in _KERNELS)
    seen = down[:, None] @ data[index // count] @ across.mT[:, None]
    return (mix @ seen.flatten(2)).view_as(seen)


def _count(kernels: Any) -> int:
    return int(kernels["mix"].shape[1])


def _sides(shape: tuple[int, int, int], count: int, shrink: int) -> tuple[int, int, int]:
    """(channels, rows, columns) of a spectrum."""
    channels, height, width = shape
    if count < 1 or shrink < 1:
        raise RequestError(f"{count} images of a spectrum that is {shrink} times smaller: expected 1 or more of both")
    rows, columns = -(-height // shrink), -(-width // shrink)
    down, across = _grid(count)
    if rows < down or columns < across:
        raise RequestError(f"a spectrum of {rows} x {columns} has no {down} x {across} blocks for {count} images")
    return channels, rows, columns


def _grid(count: int) -> tuple[int, int]:
    """Rows and columns, as alike as can be, that `count` fills."""
    down = next(side for side in range(math.isqrt(count), 0, -1) if count % side == 0)
    return down, count // down


def _blocks(
    images: Float[Tensor, "decoded channels height width"], count: int, sides: tuple[int, int, int]
) -> tuple[Float[Tensor, "items channels rows columns"], dict[str, Tensor]]:
    """Spectra of which every transformation reads a block."""
    channels, rows, columns = sides
    grid = _grid(count)
    high, wide = rows // grid[0], columns // grid[1]
    by_rows, by_columns = _principal(images, 2, high), _principal(images, 3, wide)
    small = (by_rows.T @ images @ by_columns).unflatten(0, (-1, count))
    data = images.new_zeros(len(small), *sides)
    down, across = (
        images.new_zeros(1, count, side, less) for side, less in zip(images.shape[2:], sides[1:], strict=True)
    )
    for number in range(count):
        row, column = number // grid[1] * high, number % grid[1] * wide
        data[:, :, row : row + high, column : column + wide] = small[:, number]
        down[0, number, :, row : row + high] = by_rows
        across[0, number, :, column : column + wide] = by_columns
    return data, {"mix": torch.eye(channels).to(images).repeat(1, count, 1, 1), "down": down, "across": across}


def _principal(images: Tensor, dimension: int, count: int) -> Float[Tensor, "side count"]:
    """Directions along one side that most of all images lies in."""
    lines = float64(images.movedim(dimension, 0).flatten(1))
    return torch.linalg.eigh(lines @ lines.T)[1].flip(1)[:, :count].to(images)


def _fit(codec: Spectral, images: Float[Tensor, "decoded channels height width"], steps: int) -> None:
    """Adam, of which a step changes every tensor by the same share of its size at first, and by less and less."""
    parts = torch.arange(len(images), device=images.device).split(_AT_ONCE)
    groups = [
        {"params": [part], "lr": _RATE * float(part.detach().square().mean().sqrt())} for part in codec.parameters()
    ]
    optimiser = torch.optim.Adam(groups)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    with torch.enable_grad():
        for _ in range(steps):
            optimiser.zero_grad()
            for part in parts:
                (codec(part) - images[part]).square().sum().backward()
            optimiser.step()
            schedule.step()


CODEC = Spectral
