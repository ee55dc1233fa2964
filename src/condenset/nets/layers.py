"""Layers that image networks choose by name, and how deep an image can be pooled."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from condenset.core.errors import RequestError, UnknownNameError

Choice = TypeVar("Choice")


class Softplus(nn.Softplus):
    """log(1 + exp(beta x)) / beta, constant below -threshold / beta, as PyTorch's is linear above threshold / beta.

    It is 2e-9 / beta there; the denormal numbers that would follow make convolutions several times slower.
    """

    def forward(self, values: Tensor) -> Tensor:
        """Of every entry, in the same shape."""
        return super().forward(values.clamp_min(-self.threshold / self.beta))


ACTIVATIONS: Mapping[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "sigmoid": nn.Sigmoid,
    "leaky": nn.LeakyReLU,
    "swish": nn.SiLU,
    "softplus": lambda: Softplus(beta=60),  # nearly ReLU, with a curvature (RCIG)
}


class AveragePooling(nn.AvgPool2d):
    """2 x 2 means with stride 2; an odd last row or column is dropped.

    Compiled without gradients they are sums of four, which inductor makes one loop over channels with all that comes
    before them: a ConvNet's pass in bfloat16 takes a quarter less. With gradients the way back would take four times
    as long as a pooling's own.
    """

    def __init__(self) -> None:
        """Without arguments."""
        super().__init__(2)

    def forward(self, maps: Float[Tensor, "n channels _ _"]) -> Float[Tensor, "n channels _ _"]:
        """Maps (n, channels, height // 2, width // 2)."""
        if torch.is_grad_enabled() or not torch.compiler.is_compiling():
            return super().forward(maps)
        height, width = (side // 2 for side in maps.shape[2:])
        whole = maps[:, :, : 2 * height, : 2 * width].permute(0, 2, 3, 1)
        upper, lower = whole.unflatten(2, (width, 2)).unflatten(1, (height, 2)).unbind(2)
        left, right = (upper + lower).unbind(3)
        return ((left + right) / 4).permute(0, 3, 1, 2)


POOLINGS: Mapping[str, Callable[[], nn.Module]] = {
    "average": AveragePooling,
    "max": lambda: nn.MaxPool2d(2),
    "none": nn.Identity,
}


class InstanceNorm(nn.GroupNorm):
    """A group norm with a group per channel: every map on its own, with learnt scale and shift."""

    def __init__(self, channels: int, eps: float) -> None:
        """Args: channels; eps, added to every variance."""
        super().__init__(channels, channels, eps)


def _group_norm(shape: tuple[int, ...], eps: float) -> nn.Module:
    if shape[0] % 4:
        raise RequestError(f"norm=group makes 4 groups of channels, which {shape[0]} channels do not divide into")
    return nn.GroupNorm(4, shape[0], eps)


_NORMS: Mapping[str, Callable[[tuple[int, ...], float], nn.Module]] = {
    "instance": lambda shape, eps: InstanceNorm(shape[0], eps),
    "batch": lambda shape, eps: nn.BatchNorm2d(shape[0], eps),
    "layer": lambda shape, eps: nn.LayerNorm(list(shape), eps),
    "group": _group_norm,
    "none": lambda shape, eps: nn.Identity(),
}


def choose(noun: str, name: str, options: Mapping[str, Choice]) -> Choice:
    """The option of a name. Raises `UnknownNameError` with the nearest name."""
    if name not in options:
        raise UnknownNameError(noun, str(name), options)
    return options[name]


def normalisation(name: str, shape: tuple[int, ...], eps: float = 1e-5) -> nn.Module:
    """A normalisation of feature maps of shape (channels, height, width), with learnt scale and shift.

    "instance" is a group norm with a group per channel, "group" has four groups, "layer" normalises over the whole
    map with a scale per entry. Raises `UnknownNameError`, and `RequestError` where channels do not group.
    """
    return choose("normalisation", name, _NORMS)(shape, eps)


def first_padding(channels: int, grey: int = 3, colour: int = 1) -> int:
    """Padding of the first convolution: more for one channel, so that 28x28 becomes 32x32 (DC 2021)."""
    return grey if channels == 1 else colour


def pooled_depth(input_shape: tuple[int, ...], depth: int | None, pools: bool = True) -> int:
    """The number of blocks for images of (channels, height, width), each halving the side where it pools.

    When `depth` is None, by resolution as the papers do: up to 32 pixels 3, 64 4, 128 5, 256 6. Smaller images get
    as many as leave at least 2x2 pixels to the last normalisation, so 8x8 gets 3 and 4x4 gets 2.
    Raises `RequestError` for a depth below 1 or one that would pool an image to nothing.
    """
    channels, *sides = input_shape
    possible = int(math.log2(min(sides) + 2 * first_padding(channels) - 2))
    if depth is None:
        return max(1, min(possible, max(3, math.ceil(math.log2(min(sides) / 4)))))
    if depth < 1 or (pools and depth > possible):
        size = "x".join(map(str, sides))
        raise RequestError(f"depth={depth} does not fit images of {size} pixels: choose 1 to {possible}")
    return depth


def require_side(network: str, input_shape: tuple[int, ...], smallest: int) -> None:
    """Raises `RequestError` where an image (channels, height, width) is smaller than a network can pool."""
    if min(input_shape[1:]) < smallest:
        size = "x".join(map(str, input_shape[1:]))
        least = f"{smallest}x{smallest}"
        raise RequestError(f"{network} reads images of at least {least} pixels, got {size}: use convnet or mlp")
