"""Neural field: every image is a small network of its own, from the place of a pixel to its colour (DDiF)."""

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
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.tasks.task import Task

_FIRST, _OTHER = 30.0, 10.0  # frequencies of the sines of the first layer and of the others, as DDiF takes them
_RATE = 0.01


@dataclass(frozen=True)
class Siren:
    """Layers of sines and a linear one (Sitzmann et al., Implicit Neural Representations with Periodic Activation
    Functions, NeurIPS 2020, arXiv 2006.09661).

    Attributes:
        shape: (channels, height, width) of the image.
        layers: of sines.
        width: of each.
    """

    shape: tuple[int, int, int]
    layers: int
    width: int

    @property
    def numbers(self) -> int:
        """Weights and biases of all layers."""
        return 3 * self.width + (self.layers - 1) * (self.width + 1) * self.width + (self.width + 1) * self.shape[0]

    @property
    def held(self) -> int:
        """Of all places: a layer before and after its sine, and the colours."""
        return self.shape[1] * self.shape[2] * (3 * self.width + self.shape[0])

    def begin(self, images: Float[Tensor, "n channels height width"]) -> Float[Tensor, "n numbers"]:
        """The same random network for every image, drawn as the paper draws it."""
        generator, drawn = Rng(0).child("siren").torch(), []
        for number, (inner, outer) in enumerate(self._sides()):
            bound = math.sqrt(6 / inner) / _OTHER if number else 1 / inner
            for count, reach in ((inner * outer, bound), (outer, 1 / math.sqrt(inner))):
                drawn.append(reach * (2 * torch.rand(count, generator=generator) - 1))
        return torch.cat(drawn).to(images.device).repeat(len(images), 1)

    def __call__(self, numbers: Float[Tensor, "n numbers"]) -> Float[Tensor, "n channels height width"]:
        """What the networks say of all places, all networks at once."""
        _, height, width = self.shape
        values = places(height, width).to(numbers).expand(len(numbers), -1, -1)
        for number, (inner, outer) in enumerate(self._sides()):
            weights, biases, numbers = numbers.tensor_split((inner * outer, (inner + 1) * outer), dim=1)
            values = torch.baddbmm(biases[:, None], values, weights.unflatten(1, (inner, outer)))
            if number < self.layers:
                values = torch.sin((_OTHER if number else _FIRST) * values)
        return values.mT.unflatten(2, (height, width))

    def _sides(self) -> list[tuple[int, int]]:
        """Inputs and outputs of every layer."""
        between = [(self.width, self.width)] * (self.layers - 1)
        return [(2, self.width), *between, (self.width, self.shape[0])]


class NeuralField(Parametric):
    """Stores the weights of a network for each image (items, numbers) float32, as Shin et al. parameterise a set
    (Distilling Dataset into Neural Field, ICLR 2025, arXiv 2503.04835).

    An item is one image, of any size at the same bytes, with a label of its own.
    """

    @staticmethod
    def item_bytes(inputs: Leaf, layers: int = 2, width: int = 6, fit: int = 500) -> int:
        """Of the weights of a network."""
        return 4 * _siren(image_shape(inputs, "neural-field"), layers, width).numbers

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, layers: int = 2, width: int = 6, fit: int = 500) -> LearntParametric:
        """Fit a network to every example (items, channels, height, width) by `fit` steps of Adam.

        Raises `RequestError` for inputs that are no images and for less than a layer, a neuron or a step.
        """
        images = expect_images(inputs, "neural-field")
        channels, height, across = images.shape[1:]
        return learnt(cls, _siren((channels, height, across), layers, width), images, fit, _RATE)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> NeuralField:
        """Rebuild from "data" (items, numbers). Raises `ArtifactError` where it does not fit the fields."""
        form = Siren(stored_shape(fields), whole(fields, "layers"), whole(fields, "width"))
        return cls(form, restored(form, tensors))


def _siren(shape: tuple[int, int, int], layers: int, width: int) -> Siren:
    if layers < 1 or width < 1:
        raise RequestError(f"a neural field has {layers} layers of width {width}: expected 1 or more of both")
    return Siren(shape, layers, width)


CODEC = NeuralField
