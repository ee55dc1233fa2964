"""Gaussians: every image is a colour, and upon it the sum of a few coloured spots, each with its place and form."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.codecs.images import expect_images, image_shape, stored_shape
from condenset.codecs.parametric import LearntParametric, Parametric, learnt, places, restored, whole
from condenset.core.batch import Inputs
from condenset.core.errors import RequestError
from condenset.core.spec import Leaf
from condenset.tasks.task import Task

_SPOT = 5  # numbers of a spot besides its colour: where it is (2), and the triangle that its form is made by (3)
_STRIDES = 0.7548776662466927, 0.5698402909980532  # of Roberts' sequence, which fills a square evenly
_RATE = 0.02


@dataclass(frozen=True)
class Spots:
    """A background and sums of Gaussian functions exp(-|A (p - m)|² / 2) of the place p, times colours.

    Attributes:
        shape: (channels, height, width) of the image.
        count: of Gaussians.
    """

    shape: tuple[int, int, int]
    count: int

    @property
    def numbers(self) -> int:
        """Of the background, and of every Gaussian: its m, the lower triangle of its A, its colour."""
        return self.shape[0] + self.count * (_SPOT + self.shape[0])

    @property
    def held(self) -> int:
        """Of all places: what each Gaussian has of it, in both directions, and the colours."""
        return self.shape[1] * self.shape[2] * (6 * self.count + self.shape[0])

    def begin(self, images: Float[Tensor, "n channels height width"]) -> Float[Tensor, "n numbers"]:
        """The mean colour, with round spots of no colour all over it."""
        strides, step = torch.tensor(_STRIDES, dtype=torch.float64), torch.arange(1, self.count + 1)
        centres = (2 * (step[:, None] * strides % 1) - 1).float()
        form = math.sqrt(self.count) * torch.tensor([1.0, 0.0, 1.0])
        spots = torch.cat([centres, form.expand(self.count, -1), torch.zeros(self.count, self.shape[0])], dim=1)
        background = images.mean((2, 3))
        return torch.cat([background, spots.flatten().to(images).expand(len(images), -1)], dim=1)

    def __call__(self, numbers: Float[Tensor, "n numbers"]) -> Float[Tensor, "n channels height width"]:
        """All spots at all places, summed."""
        channels, height, width = self.shape
        background, spots = numbers.tensor_split((channels,), dim=1)
        centres, form, colours = spots.unflatten(1, (self.count, -1)).tensor_split((2, _SPOT), dim=2)
        down, across = (places(height, width).to(numbers) - centres[:, :, None]).unbind(3)
        first, skew, second = form[..., None].unbind(2)
        shares = torch.exp(-0.5 * ((first * down).square() + (skew * down + second * across).square()))
        return (background[..., None] + colours.mT @ shares).unflatten(2, (height, width))


class Gaussians(Parametric):
    """Stores the numbers of an image's Gaussians (items, numbers) float32, as Jiang et al. represent a set (GSDD, 2025,
    arXiv 2509.26219); they are evaluated at every pixel, which small images allow.

    An item is one image, with a label of its own.
    """

    @staticmethod
    def item_bytes(inputs: Leaf, count: int = 8, fit: int = 500) -> int:
        """Of a background and so many Gaussians."""
        return 4 * _spots(image_shape(inputs, "gaussians"), count).numbers

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, count: int = 8, fit: int = 500) -> LearntParametric:
        """Fit Gaussians to every example (items, channels, height, width) by `fit` steps of Adam.

        Raises `RequestError` for inputs that are no images and for less than a Gaussian or a step.
        """
        images = expect_images(inputs, "gaussians")
        channels, height, width = images.shape[1:]
        return learnt(cls, _spots((channels, height, width), count), images, fit, _RATE)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Gaussians:
        """Rebuild from "data" (items, numbers). Raises `ArtifactError` where it does not fit the fields."""
        form = Spots(stored_shape(fields), whole(fields, "count"))
        return cls(form, restored(form, tensors))


def _spots(shape: tuple[int, int, int], count: int) -> Spots:
    if count < 1:
        raise RequestError(f"an image is made of {count} Gaussians: expected 1 or more")
    return Spots(shape, count)


CODEC = Gaussians
