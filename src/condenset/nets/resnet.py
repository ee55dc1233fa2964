"""ResNet18 for small images: a 3x3 stem and eight residual blocks, shrinking by strides or by average pooling."""

from __future__ import annotations

import math
from collections.abc import Mapping

from jaxtyping import Float
from torch import Tensor, nn

from condenset.nets.layers import choose, normalisation, require_side
from condenset.nets.network import Architecture, Output, of_shape

_PLAN = ((1, 1), (1, 1), (2, 2), (2, 1), (4, 2), (4, 1), (8, 2), (8, 1))  # times the first channels, side divisor
_STRIDES: Mapping[str, tuple[int, int]] = {"stride": (1, 2), "pool": (1, 1)}  # of a convolution, by side divisor


def _shrink(divisor: int) -> nn.Module:
    return nn.Identity() if divisor == 1 else nn.AvgPool2d(divisor)


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut, which is a 1x1 convolution where the shape changes."""

    def __init__(self, input_shape: tuple[int, ...], width: int, divisor: int, stride: int, norm: str) -> None:
        """Build for maps of `input_shape` (channels, height, width); `shape` is then that of its output.

        Args: width, channels of the output; divisor, of the side; stride, of the first convolution, where what it
        leaves of the divisor is averaged; norm, a normalisation's name.
        """
        super().__init__()
        channels, *sides = input_shape
        inner = (width, *(math.ceil(side / stride) for side in sides))
        shape = self.shape = (width, *(side // (divisor // stride) for side in inner[1:]))
        self.conv1 = nn.Conv2d(channels, width, 3, stride=stride, padding=1, bias=False)
        self.norm1 = normalisation(norm, inner)
        self.shrink = _shrink(divisor // stride)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm2 = normalisation(norm, shape)
        self.activation = nn.ReLU()
        self.shortcut: nn.Module = nn.Identity()
        if divisor != 1 or channels != width:
            projection = nn.Conv2d(channels, width, 1, stride=stride, bias=False)
            self.shortcut = nn.Sequential(projection, _shrink(divisor // stride), normalisation(norm, shape))

    def forward(self, maps: Float[Tensor, "n c h w"]) -> Float[Tensor, "n width h2 w2"]:
        """The block's activations."""
        inner = self.shrink(self.activation(self.norm1(self.conv1(maps))))
        outer: Tensor = self.activation(self.norm2(self.conv2(inner)) + self.shortcut(maps))
        return outer


class ResNet18(nn.Module):
    """ResNet18 (He et al. 2016) in the form that dataset condensation evaluates (arXiv 2006.05929)."""

    def __init__(
        self,
        input_shape: tuple[int, ...],
        outputs: int,
        width: int = 64,
        norm: str = "instance",
        shrink: str = "stride",
    ) -> None:
        """Build for images of `input_shape` (channels, height, width).

        Args:
            outputs: classes, or 1 for regression.
            width: channels of the stem and the first blocks; the last have eight times as many.
            norm: "instance", "batch", "layer", "group" or "none".
            shrink: "stride", strided convolutions and a global average before the classifier; or "pool", the papers'
                "_AP": 2x2 averages in place of strides, and a classifier that reads the whole last feature map.
        Raises: `RequestError` below 16x16 pixels (the last normalisation reads 2x2 there) and for an unknown name.
        """
        super().__init__()
        require_side("resnet", input_shape, 16)
        strides = choose("way to shrink", shrink, _STRIDES)
        shape = (width, *input_shape[1:])
        self.stem = nn.Conv2d(input_shape[0], width, 3, padding=1, bias=False)
        self.norm = normalisation(norm, shape)
        self.activation = nn.ReLU()
        self.blocks = nn.ModuleList()
        for times, divisor in _PLAN:
            block = ResidualBlock(shape, times * width, divisor, strides[divisor - 1], norm)
            self.blocks.append(block)
            shape = block.shape
        self.pool = nn.AdaptiveAvgPool2d(1) if shrink == "stride" else nn.Identity()
        self.classifier = nn.Linear(shape[0] if shrink == "stride" else math.prod(shape), outputs)

    def forward(self, images: Float[Tensor, "n c h w"]) -> Output:
        """Logits, what the classifier reads, and the activations of the stem and of every block."""
        layers = [self.activation(self.norm(self.stem(images)))]
        for block in self.blocks:
            layers.append(block(layers[-1]))
        embedding = self.pool(layers[-1]).flatten(1)
        return Output(self.classifier(embedding), embedding, tuple(layers))


ARCHITECTURE = Architecture(build=of_shape(ResNet18), reads=("grid",))
