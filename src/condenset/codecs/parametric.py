"""Parametric images: each is a function of its places with a few numbers of its own, fitted to a real one at first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.codecs.codec import Codec
from condenset.codecs.restoring import expect_decodable, expect_tensor
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng

_AT_ONCE = 64  # images that are fitted together
_PROBES = 8  # random directions of every image, by which the scale of its numbers is found


@runtime_checkable
class Form(Protocol):
    """How numbers become an image: a frozen dataclass, whose fields beside the shape the card says by their names, but
    for those that are not compared."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""

    @property
    def numbers(self) -> int:
        """How many an image has."""

    @property
    def held(self) -> int:
        """How many are held at a time as an image decodes."""

    def begin(self, images: Float[Tensor, "n channels height width"]) -> Float[Tensor, "n numbers"]:
        """Where fitting images begins, a row for each."""

    def __call__(self, numbers: Float[Tensor, "n numbers"]) -> Float[Tensor, "n channels height width"]:
        """Images, differentiable."""


class Parametric(Codec):
    """Stores numbers (items, numbers) float32. A codec is a class below this one, with the form that it decodes by."""

    def __init__(self, form: Form, data: Float[Tensor, "items numbers"]) -> None:
        """Args: form, how they become images; data, the numbers."""
        super().__init__()
        self.form = form
        self.data = nn.Parameter(data.detach().clone().float())

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "items channels height width"]:
        """Images (items, channels, height, width), all or those chosen."""
        return self.form(self.data if index is None else self.data[index])

    def fields(self) -> dict[str, Any]:
        """The shape of an image, and what else the form says."""
        return fields_of(self.form)


class LearntParametric(Codec):
    """Numbers (items, numbers) while they are learnt, each times its `scale` (numbers,), so that a step of descent
    moves pixels no farther than one of pixels themselves would, and rates for pixels do for it."""

    scale: Tensor

    def __init__(self, kind: type[Parametric], form: Form, data: Tensor, scale: Float[Tensor, " numbers"]) -> None:
        """Args: kind, of what is stored; form, how numbers become images; data, numbers as they are; scale, theirs."""
        super().__init__()
        self._kind, self.form = kind, form
        self.register_buffer("scale", scale.detach().clone().float())
        self.data = nn.Parameter(data.detach().float() * scale)

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "items channels height width"]:
        """Images (items, channels, height, width), all or those chosen."""
        return self.form((self.data if index is None else self.data[index]) / self.scale)

    def fields(self) -> dict[str, Any]:
        """As of what is stored."""
        return fields_of(self.form)

    def stored(self) -> Parametric:
        """The numbers as they are."""
        return self._kind(self.form, self.data / self.scale)


def learnt(
    kind: type[Parametric], form: Form, images: Float[Tensor, "items channels height width"], steps: int, rate: float
) -> LearntParametric:
    """Numbers fitted to images by so many steps of Adam on the squared error, at a rate that a cosine leads to 0.

    Every image is fitted alone, whatever others there are; the same images always have the same numbers. Raises
    `RequestError` for no step.
    """
    if steps < 1:
        raise RequestError(f"images are fitted in {steps} steps: expected 1 or more")
    fitted = torch.cat([_fitted(form, part, steps, rate) for part in images.detach().split(_AT_ONCE)])
    return LearntParametric(kind, form, fitted, scale_of(form, fitted))


def scale_of(form: Form, numbers: Float[Tensor, "items numbers"]) -> Float[Tensor, " numbers"]:
    """The root mean square of the pixels' derivatives by each number, over all images, times the root of how many
    numbers an image has: by numbers so scaled the squared derivatives of all pixels sum to 1 on average, and none of
    their singular values is greater."""
    generator, squares = Rng(0).child("probes").torch(), torch.zeros(form.numbers, device=numbers.device)
    with torch.enable_grad():
        for part in numbers.split(_AT_ONCE):
            for _ in range(_PROBES):
                moved = part.detach().requires_grad_()
                images = form(moved)
                signs = 2.0 * torch.randint(2, images.shape, generator=generator).to(images) - 1
                squares += torch.autograd.grad((images * signs).sum(), moved)[0].square().sum(0)
    squares /= _PROBES * len(numbers)
    return (form.numbers * torch.where(squares > 0, squares, squares.mean())).sqrt()


def restored(form: Form, tensors: Mapping[str, Tensor]) -> Float[Tensor, "items numbers"]:
    """The tensor "data" of images of this form. Raises `ArtifactError` where it does not fit."""
    data = expect_tensor(tensors, "data", 2)
    if data.shape[1] != form.numbers:
        raise ArtifactError(f"tensor 'data' has {data.shape[1]} numbers an image: the card says {form.numbers}")
    _, height, width = form.shape
    expect_decodable(len(data) * form.held, f"a set of {len(data)} images of {height} x {width}")
    return data


def whole(fields: Mapping[str, Any], name: str) -> int:
    """A field that is a number from 1 on. Raises `ArtifactError` otherwise."""
    value = fields.get(name)
    if type(value) is not int or value < 1:
        raise ArtifactError(f"{name} {value!r:.40} of images is impossible: expected a whole number from 1 on")
    return value


def fields_of(form: Any) -> dict[str, Any]:
    """What the card says of a form, JSON-able."""
    own = {field.name: getattr(form, field.name) for field in fields(form) if field.compare}
    return {"input_shape": list(own.pop("shape")), **own}


def places(height: int, width: int) -> Float[Tensor, "places 2"]:
    """Where pixels are, (down, across) from -1 to 1, row by row."""
    down, across = (torch.linspace(-1, 1, side) if side > 1 else torch.zeros(1) for side in (height, width))
    return torch.cartesian_prod(down, across)


def _fitted(form: Form, images: Float[Tensor, "n channels height width"], steps: int, rate: float) -> Tensor:
    with torch.enable_grad():
        numbers = nn.Parameter(form.begin(images))
        optimiser = torch.optim.Adam([numbers], rate)
        for step in range(steps):
            optimiser.param_groups[0]["lr"] = 0.5 * rate * (1 + math.cos(math.pi * step / steps))
            optimiser.zero_grad()
            (form(numbers) - images).square().sum().backward()
            optimiser.step()
    return numbers.detach()
