"""Hallucinators: each stored image is seen in several ways by small networks that all images share (HaBa)."""

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
from condenset.codecs.parametric import whole
from condenset.codecs.restoring import expect_decodable, expect_tensor
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.tasks.task import Task

_SIDE = 3  # of a kernel
_APART = 0.1  # by which hallucinators differ at first, uniform in each entry of their kernels


class Hallucinators(Codec):
    """Stores bases (items, channels, height, width) and `count` hallucinators, which decode count images of each base.

    A hallucinator is x = dec(s * enc(b) + t): a convolution with 3 x 3 kernels and no padding, maps s and t of the size
    that is left, a transposed convolution back (Liu et al., Dataset Distillation via Factorization, NeurIPS 2022, arXiv
    2210.16774). Stored float32, each with a first axis of one: kernels (1, count, channels, channels, 3, 3) and biases
    (1, count, channels) of "enc" and "dec", and "maps" (1, count, 2, channels, height - 2, width - 2). These are stored
    times `reach`, by how many bases they are learnt with: all pixels pull at them, and so scaled they take rates for
    pixels.

    The paper's adversary, which keeps the images of a base apart, is not part of what is stored, and not here.
    """

    NAMES = ("enc_kernels", "enc_biases", "maps", "dec_kernels", "dec_biases")

    def __init__(
        self, data: Float[Tensor, "items channels height width"], shared: Mapping[str, Tensor], learnt_with: int
    ) -> None:
        """Args: data, the bases; shared, the other tensors by name, as they are stored, see above; learnt_with, items
        that these are scaled by, fewer where sets were joined."""
        super().__init__()
        self._learnt_with = learnt_with
        self.data = nn.Parameter(data.detach().clone().float())
        self.shared = nn.ParameterDict({name: nn.Parameter(shared[name].detach().clone().float()) for name in shared})

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "decoded channels height width"]:
        """Images (decoded, channels, height, width), all or those chosen, count of a base, base after base."""
        if index is None:
            return self._seen(self.data).flatten(0, 1)
        seen = self._seen(self.data[index // self._count])
        return seen[torch.arange(len(index), device=index.device), index % self._count]

    def origin(self) -> Int[Tensor, " decoded"]:
        """The base of every decoded image, in the shape (decoded,)."""
        return torch.arange(len(self.data), device=self.data.device).repeat_interleave(self._count)

    def fields(self) -> dict[str, Any]:
        """How many items the hallucinators are scaled by."""
        return {"learnt_with": self._learnt_with}

    @staticmethod
    def decoder(fields: Mapping[str, Any]) -> tuple[str, ...]:
        """The hallucinators."""
        return ("shared.",)

    @staticmethod
    def item_bytes(inputs: Leaf, count: int = 5) -> int:
        """Of a base."""
        return 4 * math.prod(image_shape(inputs, "hallucinators"))

    @staticmethod
    def shared_bytes(inputs: Leaf, count: int = 5) -> int:
        """Of the hallucinators."""
        return 4 * sum(map(math.prod, _shapes(image_shape(inputs, "hallucinators"), count).values()))

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, count: int = 5) -> Hallucinators:
        """Take the examples (items, channels, height, width) for bases, and hallucinators that leave the inside of an
        image nearly as it is, each a little different.

        Raises `RequestError` for inputs that are no images or smaller than a kernel, and for no hallucinator.
        """
        images = expect_images(inputs, "hallucinators")
        items, channels, height, width = images.shape
        shapes = _shapes((channels, height, width), count)
        shared = {name: torch.zeros(shape) for name, shape in shapes.items()}
        shared["maps"][:, :, 0] = 1
        for name in ("enc_kernels", "dec_kernels"):
            noise = torch.rand(shapes[name], generator=Rng(0).child(name).torch())
            shared[name] = _APART * (2 * noise - 1)
            shared[name][..., _SIDE // 2, _SIDE // 2] += torch.eye(channels)
        times = reach(items, channels, height, width)
        return cls(images, {name: times * part for name, part in shared.items()}, items)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Hallucinators:
        """Rebuild from "data" and the tensors of `NAMES` below "shared". Raises `ArtifactError` for other shapes."""
        data = expect_tensor(tensors, "data", 4)
        biases = expect_tensor(tensors, "shared.enc_biases", 3)
        items, channels, height, width = data.shape
        if min(height, width) < _SIDE:
            raise ArtifactError(f"bases of {height} x {width} pixels are smaller than a kernel of {_SIDE} x {_SIDE}")
        shapes = _shapes((channels, height, width), biases.shape[1])
        shared = {name: expect_tensor(tensors, f"shared.{name}", len(shape)) for name, shape in shapes.items()}
        if wrong := [name for name, shape in shapes.items() if shared[name].shape != shape]:
            raise ArtifactError(f"tensors {wrong} of hallucinators do not fit bases of {channels} x {height} x {width}")
        held = 4 * biases.shape[1] * data.numel()  # each image in all stages
        expect_decodable(held, f"a set of {items * biases.shape[1]} images of {height} x {width}")
        return cls(data, shared, whole(fields, "learnt_with"))

    @property
    def _count(self) -> int:
        return int(self.shared["maps"].shape[1])

    def _seen(self, bases: Float[Tensor, "n channels height width"]) -> Float[Tensor, "n count channels height width"]:
        """Every base by every hallucinator: those are groups of one convolution."""
        times = reach(self._learnt_with, *self.data.shape[1:])
        enc, enc_biases, maps, dec, dec_biases = (self.shared[name][0] / times for name in self.NAMES)
        inside = F.conv2d(bases, enc.flatten(0, 1), enc_biases.flatten())
        scale, shift = maps.unbind(1)
        inside = inside * scale.flatten(0, 1) + shift.flatten(0, 1)
        seen = F.conv_transpose2d(inside, dec.flatten(0, 1), dec_biases.flatten(), groups=self._count)
        return seen.unflatten(1, (self._count, -1))


def reach(items: int, channels: int, height: int, width: int) -> float:
    """About the root of how the squared derivatives of all pixels by the kernels of a hallucinator sum up, where pixels
    are of mean square 1; by its biases and maps they sum to less."""
    return _SIDE * channels * math.sqrt(items * height * width)


def _shapes(shape: tuple[int, int, int], count: int) -> dict[str, tuple[int, ...]]:
    """Of what bases share, by name."""
    channels, height, width = shape
    if count < 1:
        raise RequestError(f"images are seen by {count} hallucinators: expected 1 or more")
    if min(height, width) < _SIDE:
        raise RequestError(f"images of {height} x {width} are too small for hallucinators: they take {_SIDE} x {_SIDE}")
    kernels, biases = (1, count, channels, channels, _SIDE, _SIDE), (1, count, channels)
    maps = (1, count, 2, channels, height - _SIDE + 1, width - _SIDE + 1)
    return dict(zip(Hallucinators.NAMES, (kernels, biases, maps, kernels, biases), strict=True))


CODEC = Hallucinators
