"""Differentiable siamese augmentation (DSA): image operations whose draws are data, so that two batches can share them.

Zhao and Bilen, ICML 2021, arXiv 2102.08259. Every operation acts on images as networks see them (normalised, nothing
is clamped) and reads uniform numbers in [0, 1): a row for each image, or one row that the whole batch shares.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.batch import Inputs
from condenset.core.errors import RequestError, UnknownNameError
from condenset.core.nodes import Nodes
from condenset.core.rng import Rng

Images = Float[Tensor, "n c h w"]

MODES = ("single", "each", "all", "geometric")
GROUPS: Mapping[str, int] = {"color": 3, "crop": 2, "cutout": 2, "flip": 1, "scale": 2, "rotate": 1}  # draws per image

_GEOMETRIC = ("crop", "scale", "rotate")


def flip(images: Images, u: Float[Tensor, " m"], probability: float) -> Images:
    """Mirrored left-right where u < probability."""
    return torch.where(_per_image(u < probability), images.flip(3), images)


def brightness(images: Images, u: Float[Tensor, " m"], strength: float) -> Images:
    """x + (u - 0.5) * strength."""
    return images + _per_image(u - 0.5) * strength


def saturation(images: Images, u: Float[Tensor, " m"], strength: float) -> Images:
    """Distance of each pixel from its mean over channels, times u * strength; one channel stays as it is."""
    mean = images.mean(1, keepdim=True)
    return torch.lerp(mean, images, _per_image(u) * strength)


def contrast(images: Images, u: Float[Tensor, " m"], strength: float) -> Images:
    """Distance of each value from the mean of its image, times u + strength."""
    mean = images.mean((1, 2, 3), keepdim=True)
    return torch.lerp(mean, images, _per_image(u + strength))


def scale(images: Images, u: Float[Tensor, "m 2"], ratio: float) -> Images:
    """Stretched about the centre: output (x, y) in [-1, 1] samples the input at (sx * x, sy * y); zero outside.

    Bilinear; sx = u_x * (ratio - 1/ratio) + 1/ratio and likewise sy; u holds (u_x, u_y).
    """
    factors = u * (ratio - 1 / ratio) + 1 / ratio
    return _affine(images, torch.diag_embed(factors), torch.zeros_like(u), "bilinear")


def rotate(images: Images, u: Float[Tensor, " m"], degrees: float) -> Images:
    """Turned about the centre by (u - 0.5) * 2 * degrees, bilinear, zero outside."""
    angle = (u - 0.5) * (2 * math.radians(degrees))
    cos, sin = angle.cos(), angle.sin()
    matrix = torch.stack([cos, -sin, sin, cos], 1).view(-1, 2, 2)
    return _affine(images, matrix, torch.zeros_like(matrix[:, 0]), "bilinear")


def crop(images: Images, shifts: Int[Tensor, "m 2"]) -> Images:
    """y[i, j] = x[i + shift_rows, j + shift_columns], zero outside; exact, and quicker than gathering by index."""
    height, width = images.shape[2:]
    offset = torch.stack([2 * shifts[:, 1] / width, 2 * shifts[:, 0] / height], 1).to(images)
    matrix = torch.eye(2, dtype=images.dtype, device=images.device).expand(len(shifts), 2, 2)
    return _affine(images, matrix, offset, "nearest")


def cutout(images: Images, offsets: Int[Tensor, "m 2"], sides: tuple[int, int]) -> Images:
    """Zero in a rectangle of `sides` (rows, columns) centred at `offsets`, clipped at the border."""
    rows, columns = (
        _between(images.shape[axis], offsets[:, axis - 2, None] - side // 2, side)
        for axis, side in zip((2, 3), sides, strict=True)
    )
    return images * ~(rows[:, None, :, None] & columns[:, None, None, :])


def _per_image(values: Tensor) -> Tensor:
    return values[:, None, None, None]


def _affine(images: Tensor, matrix: Tensor, offset: Tensor, mode: str) -> Tensor:
    grid = F.affine_grid(torch.cat([matrix, offset[..., None]], 2), [len(matrix), *images.shape[1:]], False)
    return F.grid_sample(images, grid.expand(len(images), -1, -1, -1), mode, align_corners=False)


def _between(length: int, start: Tensor, count: int) -> Tensor:
    position = torch.arange(length, device=start.device)
    return (position >= start) & (position < start + count)


def _integers(u: Tensor, count: int) -> Tensor:
    return (u * count).long().clamp(max=count - 1)  # u * count can round up to count


@dataclass(frozen=True)
class DSARecord:
    """A drawn transformation.

    Attributes:
        groups: names of the groups of operations, in order of application.
        draws: group -> (examples, numbers of the group) uniform in [0, 1), float32; one row is shared by a batch.
            color: brightness, saturation, contrast; crop, cutout: rows, columns; scale: x, y.
        only: which one of the groups an example gets, uniform in [0, 1); None: all of them.
    """

    groups: tuple[str, ...]
    draws: Mapping[str, Float[Tensor, "examples numbers"]]
    only: Float[Tensor, " examples"] | None = None


@dataclass(frozen=True)
class DSA:
    """Differentiable siamese augmentation.

    Attributes:
        strategy: groups of operations to draw from, among "color", "crop", "cutout", "flip", "scale", "rotate".
        mode: "single" applies one group, drawn for the whole batch; "each" one that is drawn for every image; "all"
            applies every group in order; "geometric" (Kim et al., ICML 2022, arXiv 2205.14959) applies flip, color and
            cutout and of crop, scale and rotate one, drawn for the whole batch.
        flip_probability: chance of a mirrored image.
        scale_ratio: largest stretch of a side; the smallest is its inverse.
        rotate_degrees: largest angle.
        crop_ratio: largest shift, as a share of the side.
        cutout_ratio: side of the removed rectangle, as a share of the image's side.
        brightness: width of the range of what is added to every value.
        saturation: largest factor on a pixel's distance from grey.
        contrast: smallest factor on a value's distance from its image's mean; the largest is 1 more.
    """

    strategy: tuple[str, ...] = ("color", "crop", "cutout", "flip", "scale", "rotate")
    mode: str = "single"
    flip_probability: float = 0.5
    scale_ratio: float = 1.2
    rotate_degrees: float = 15.0
    crop_ratio: float = 0.125
    cutout_ratio: float = 0.5
    brightness: float = 1.0
    saturation: float = 2.0
    contrast: float = 0.5

    def __post_init__(self) -> None:
        """Raises `RequestError` for an empty strategy and `UnknownNameError` for an unknown group or mode."""
        if self.mode not in MODES:
            raise UnknownNameError("mode of augmentation", self.mode, MODES)
        if not self.strategy:
            raise RequestError(f"an augmentation strategy names at least one of {', '.join(GROUPS)}, got none")
        for name in self.strategy:
            if name not in GROUPS:
                raise UnknownNameError("augmentation", name, GROUPS)

    @property
    def mirrors(self) -> bool:
        """Whether the strategy flips, which it does not for digits and letters."""
        return "flip" in self.strategy

    def without(self, group: str) -> DSA:
        """The strategy less one group. Raises `RequestError` where none would be left."""
        return self.changed(strategy=tuple(name for name in self.strategy if name != group))

    def changed(self, **fields: Any) -> DSA:
        """The same with other values of its fields. Raises as a new one does, and `TypeError` for no field."""
        return replace(self, **fields)

    def draw(self, examples: int, rng: Rng) -> DSARecord:
        """Uniform numbers (examples, numbers) for each group; 1 example gives a siamese record for a whole batch."""
        groups = self._groups(rng.child("group"))
        shapes = {name: (examples, GROUPS[name]) for name in groups}
        draws = {k: torch.rand(s, generator=rng.child(k).torch()) for k, s in shapes.items()}
        only = torch.rand(examples, generator=rng.child("group").torch()) if self.mode == "each" else None
        return DSARecord(groups, draws, only)

    def _groups(self, rng: Rng) -> tuple[str, ...]:
        """Those that act on a batch, in order."""
        if self.mode in ("each", "all"):
            return self.strategy
        drawn_from = [name for name in self.strategy if self.mode == "single" or name in _GEOMETRIC]
        uniform = torch.rand((), generator=rng.torch())
        one = drawn_from[int(_integers(uniform, len(drawn_from)))] if drawn_from else "crop"
        order = (one,) if self.mode == "single" else ("flip", "color", one, "cutout")
        return tuple(name for name in order if name in self.strategy)

    def rows(self, record: DSARecord) -> Float[Tensor, "examples numbers"]:
        """The draws of all groups beside each other, and which one an example gets, where it gets one.

        Raises `RequestError` where a batch as a whole gets some of the groups.
        """
        self._expect_own()
        only = () if record.only is None else (record.only[:, None],)
        return torch.cat([*(record.draws[name] for name in self.strategy), *only], 1)

    def record(self, rows: Float[Tensor, "examples numbers"]) -> DSARecord:
        """The record of rows. Raises `RequestError` as `rows`, and for rows of another strategy."""
        self._expect_own()
        sizes = [GROUPS[name] for name in self.strategy] + [1] * (self.mode == "each")
        if rows.shape[1] != sum(sizes):
            raise RequestError(f"rows of {rows.shape[1]} numbers are no draws of {self}, which has {sum(sizes)}")
        parts = dict(zip((*self.strategy, "only"), rows.split(sizes, 1), strict=False))
        only = parts.pop("only")[:, 0] if self.mode == "each" else None
        return DSARecord(self.strategy, parts, only)

    def _expect_own(self) -> None:
        if self.mode not in ("each", "all"):
            raise RequestError(
                f"the mode {self.mode!r} augments a batch as a whole, and what is stored is of single images: set the "
                "augmentation's mode to 'each' or 'all'"
            )

    def apply(self, record: DSARecord, inputs: Inputs) -> Images:
        """Images (n, channels, height, width) transformed; differentiable in the images.

        The record has n rows or one. Raises `RequestError` for other inputs or another number of rows.
        """
        if isinstance(inputs, Nodes):
            raise RequestError("this augmentation transforms images (n, channels, height, width), got a graph")
        images = inputs
        only = None if record.only is None else _integers(record.only, len(record.groups)).to(images.device)
        for index, group in enumerate(record.groups):
            draws = record.draws[group].to(images)
            if len(draws) not in (1, len(images)):
                counts = f"{len(draws)} draws for {len(images)} images"
                raise RequestError(f"the augmentation record has {counts}: draw one for each image, or 1 for all")
            transformed = self._transform(group, draws, images)
            images = transformed if only is None else torch.where(_per_image(only == index), transformed, images)
        return images

    def _transform(self, group: str, u: Float[Tensor, "m numbers"], images: Images) -> Images:
        height, width = images.shape[2:]
        match group:
            case "color":
                images = brightness(images, u[:, 0], self.brightness)
                images = saturation(images, u[:, 1], self.saturation)
                return contrast(images, u[:, 2], self.contrast)
            case "crop":
                reach = [int(side * self.crop_ratio + 0.5) for side in (height, width)]
                shifts = [_integers(u[:, axis], 2 * s + 1) - s for axis, s in enumerate(reach)]
                return crop(images, torch.stack(shifts, 1))
            case "cutout":
                rows, columns = (int(side * self.cutout_ratio + 0.5) for side in (height, width))
                counts = height + 1 - rows % 2, width + 1 - columns % 2
                offsets = [_integers(u[:, axis], count) for axis, count in enumerate(counts)]
                return cutout(images, torch.stack(offsets, 1), (rows, columns))
            case "flip":
                return flip(images, u[:, 0], self.flip_probability)
            case "scale":
                return scale(images, u, self.scale_ratio)
            case _:
                return rotate(images, u[:, 0], self.rotate_degrees)
