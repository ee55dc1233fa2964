"""Convolutions of stride 1 and the block that they begin; compiled, grey images take a quicker way to the same maps."""

from __future__ import annotations

import math
from collections import OrderedDict
from itertools import product
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from condenset.nets.layers import InstanceNorm


class Conv2d(nn.Conv2d):
    """A convolution of stride 1; compiled, that of grey images is a product with every pixel's neighbourhood.

    With one input channel, inductor cannot tell the two orders of the entries apart, takes the slow one for all that
    follows, and the pass of a ConvNet and back takes a quarter longer.
    """

    bias: nn.Parameter

    def forward(self, images: Float[Tensor, "n channels _ _"]) -> Float[Tensor, "n width _ _"]:
        """Feature maps (n, width, height after, width after)."""
        if not self.of_grey_compiled():
            return super().forward(images)
        return F.linear(self.neighbours(images), self.weight.flatten(1), self.bias).permute(0, 3, 1, 2)

    def of_grey_compiled(self) -> bool:
        """Whether this is being compiled and reads one channel."""
        return self.in_channels == 1 and torch.compiler.is_compiling()

    def neighbours(self, images: Float[Tensor, "n 1 _ _"]) -> Float[Tensor, "n rows columns entries"]:
        """What the filters are multiplied with at every place of the feature maps."""
        padded = F.pad(images, self._reversed_padding_repeated_twice)
        rows, columns = (size - side + 1 for size, side in zip(padded.shape[2:], self.kernel_size, strict=True))
        offsets = product(*map(range, self.kernel_size))
        return torch.stack([padded[:, 0, i : i + rows, j : j + columns] for i, j in offsets], dim=-1)


class GaussianConv2d(Conv2d):
    """A convolution whose weights begin as N(0, gain / fan in) and whose biases begin as N(0, spread^2)."""

    def __init__(self, *args: Any, gain: float, spread: float = 0.0, **kwargs: Any) -> None:
        """Args: gain, spread, of the law; others as of `nn.Conv2d`."""
        super().__init__(*args, **kwargs)
        self._gain, self._spread = gain, spread

    def drawn(self, name: str, generator: torch.Generator) -> Tensor:
        """Initial values of the parameter "weight" or "bias", in its shape, float32 on the CPU."""
        parameter = self.get_parameter(name)
        deviation = math.sqrt(self._gain / self.weight[0].numel()) if name == "weight" else self._spread
        return deviation * torch.randn(parameter.shape, generator=generator)


class ConvolutionBlock(nn.Sequential):
    """Convolution with bias -> normalisation -> non-linearity.

    Compiled, an instance normalisation right after the convolution of grey images is folded into its filters: the
    deviation of a filter's map follows from the covariance of the neighbourhoods, nine numbers square, so that the
    map is written and read once and not four times. A ConvNet's pass takes a tenth less.
    """

    conv: Conv2d
    norm: nn.Module
    activation: nn.Module

    def __init__(self, conv: Conv2d, norm: nn.Module, activation: nn.Module) -> None:
        """Build from parts, which `state_dict` names as the arguments are."""
        super().__init__(OrderedDict(conv=conv, norm=norm, activation=activation))

    def forward(self, images: Float[Tensor, "n channels _ _"]) -> Float[Tensor, "n width _ _"]:
        """Feature maps (n, width, height after, width after)."""
        if not (self.conv.of_grey_compiled() and isinstance(self.norm, InstanceNorm)):
            return super().forward(images)
        neighbours = self.conv.neighbours(images)
        flat = neighbours.flatten(1, 2)
        filters, shift = self._folded(flat, self.norm)
        maps = (flat @ filters.mT).unflatten(1, neighbours.shape[1:3]) + shift[:, None, None]
        return self.activation(maps.permute(0, 3, 1, 2))

    def _folded(
        self, neighbours: Float[Tensor, "n places entries"], norm: InstanceNorm
    ) -> tuple[Float[Tensor, "n width entries"], Float[Tensor, "n width"]]:
        """Filters and biases with the normalisation in them, which is another for every image; in float32."""
        with torch.autocast(neighbours.device.type, enabled=False):
            neighbours, weight, bias = neighbours.float(), self.conv.weight.flatten(1), self.conv.bias
            mean = neighbours.mean(1)
            centred = neighbours - mean[:, None]
            covariance = centred.mT @ centred / centred.shape[1]
            variance = ((weight @ covariance) * weight).sum(2).clamp_min(0)  # rounding may take it below
            scale = norm.weight * (variance + norm.eps).rsqrt()
            shift = norm.bias + scale * (bias - F.linear(mean, weight, bias))
        return weight * scale[:, :, None], shift
