"""Convolutional ReLU networks of infinite width: their NNGP and NTK (Arora et al., 2019; Novak et al., 2019).

A covariance is kept either for equal positions only (axes h, w), enough for convolutions read out by flattening,
or for all pairs of positions (axes h, h', w, w'), which pooling needs. The axes of the images come last, so that what
is added over neighbours are long contiguous pieces. One recursion serves the covariance between two sets of images
(a, b) and the one within each image (n). The latter is needed only for the deviations that a ReLU layer divides by,
which are found once for every image.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.kernels.arccosine import affine_step, deviation, relu_step

Moments = tuple[Tensor, Tensor]  # NNGP and NTK of the same shape; before the first layer an NTK without axes


class EqualPositions:
    """Covariances between equal positions, axes (h, w): cost linear in the number of pixels."""

    def between(
        self, a: Float[Tensor, "height width channels na"], b: Float[Tensor, "height width channels nb"]
    ) -> Float[Tensor, "height width na nb"]:
        """Mean product over channels of every image of `a` with every image of `b`."""
        return torch.einsum("hwca,hwcb->hwab", a / a.shape[2], b).contiguous()

    def within(self, a: Float[Tensor, "height width channels n"]) -> Float[Tensor, "height width n"]:
        """Mean product over channels of every image with itself."""
        return a.square().mean(2)

    def convolve(self, covariance: Float[Tensor, "height width *images"]) -> Float[Tensor, "height width *images"]:
        """Sum over the nine joint offsets of a 3 x 3 convolution, zero outside the image."""
        return _sum_over_neighbours(covariance, (0,), (1,))

    def variance(self, within: Float[Tensor, "height width n"]) -> Float[Tensor, "height width n"]:
        """What a covariance within images says of every position alone."""
        return within

    def norm(self, left: Float[Tensor, "height width *l"], right: Float[Tensor, "height width *r"]) -> Tensor:
        """Products of the deviations of two sets of images, broadcast over the axes of the images."""
        return left * right

    def flatten(self, covariance: Float[Tensor, "height width na nb"]) -> Float[Tensor, "na nb"]:
        """Readout of a flattened image: the mean over equal positions."""
        return covariance.mean((0, 1))


class PositionPairs:
    """Covariances between all pairs of positions, axes (h, h', w, w'): cost quadratic in the number of pixels."""

    def between(
        self, a: Float[Tensor, "height width channels na"], b: Float[Tensor, "height width channels nb"]
    ) -> Float[Tensor, "height height width width na nb"]:
        """Mean product over channels of every image of `a` with every image of `b`."""
        return torch.einsum("hwca,ijcb->hiwjab", a / a.shape[2], b).contiguous()

    def within(self, a: Float[Tensor, "height width channels n"]) -> Float[Tensor, "height height width width n"]:
        """Mean product over channels of every image with itself."""
        return torch.einsum("hwcn,ijcn->hiwjn", a / a.shape[2], a).contiguous()

    def convolve(self, covariance: Float[Tensor, "h h w w *images"]) -> Float[Tensor, "h h w w *images"]:
        """Sum over the nine joint offsets of a 3 x 3 convolution, zero outside the image."""
        return _sum_over_neighbours(covariance, (0, 1), (2, 3))

    def variance(self, within: Float[Tensor, "h h w w n"]) -> Float[Tensor, "h w n"]:
        """What a covariance within images says of every position alone."""
        return _equal_positions(within)

    def norm(self, left: Float[Tensor, "h w *l"], right: Float[Tensor, "h w *r"]) -> Tensor:
        """Products of the deviations of two sets of images, broadcast over the axes of the images."""
        left, right = torch.broadcast_tensors(left[:, :, None], right[:, None])
        return left.contiguous()[:, None] * right.contiguous()  # copies of few entries, quicker than short rows

    def flatten(self, covariance: Float[Tensor, "h h w w na nb"]) -> Float[Tensor, "na nb"]:
        """Readout of a flattened image: the mean over equal positions."""
        return _equal_positions(covariance).mean((0, 1))


Positions = EqualPositions | PositionPairs


def pool(covariance: Float[Tensor, "h h w w *images"]) -> Float[Tensor, "k k v v *images"]:
    """Pairs of positions after 2 x 2 average pooling with stride 2; an odd last row or column is dropped."""
    for axis in range(4):
        half = covariance.shape[axis] // 2
        first, second = covariance.narrow(axis, 0, 2 * half).unflatten(axis, (half, 2)).unbind(axis + 1)
        covariance = first + second
    return covariance / 2**4


def _equal_positions(covariance: Float[Tensor, "h h w w *images"]) -> Float[Tensor, "h w *images"]:
    return torch.einsum("hhww...->hw...", covariance)


def _sum_over_neighbours(covariance: Float[Tensor, "*shape"], *axes: tuple[int, ...]) -> Float[Tensor, "*shape"]:
    """Sum over three offsets along every entry of `axes`, joint along its axes of equal length; zero outside."""
    total: Tensor = _SumOverNeighbours.apply(covariance, *axes)
    return total


class _SumOverNeighbours(torch.autograd.Function):
    """The matrix of this sum is symmetric, so that its gradient is the same sum: quicker than those of slices."""

    @staticmethod
    def forward(covariance: Tensor, *axes: tuple[int, ...]) -> Tensor:
        for joint in axes:
            covariance = _sum_of_three_shifts(covariance, joint)
        return covariance

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        ctx.axes = inputs[1:]

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        return _sum_over_neighbours(gradient, *ctx.axes), *(None for _ in ctx.axes)


def _sum_of_three_shifts(covariance: Tensor, axes: tuple[int, ...]) -> Tensor:
    inner = covariance.shape[axes[0]] - 1

    def part(whole: Tensor, start: int) -> Tensor:
        for axis in axes:
            whole = whole.narrow(axis, start, inner)
        return whole

    total = covariance.clone()
    part(total, 1).add_(part(covariance, 0))
    part(total, 0).add_(part(covariance, 1))
    return total


@dataclass(frozen=True)
class Side:
    """One set of images as the recursion needs it.

    Attributes:
        images: (height, width, channels, n).
        deviations: one per convolution, (h, w, n) of its layer: of every position before the ReLU.
    """

    images: Float[Tensor, "height width channels n"]
    deviations: tuple[Float[Tensor, "_ _ n"], ...]

    def part(self, chosen: slice) -> Side:
        """The same side of some of the images: a slice of their axis n."""
        return Side(self.images[..., chosen], tuple(layer[..., chosen] for layer in self.deviations))


@dataclass(frozen=True)
class Recursion:
    """The layers of one network on one layout.

    Attributes:
        plan: one letter a layer, see `ConvNetwork`.
        layout: how covariances between positions are kept.
        weight_std: standard deviation of the weights (times sqrt(fan in)).
        bias_std: standard deviation of the biases.
    """

    plan: str
    layout: Positions
    weight_std: float
    bias_std: float

    def deviations(self, images: Float[Tensor, "height width channels n"]) -> tuple[Float[Tensor, "_ _ n"], ...]:
        """What a `Side` knows of its images besides their pixels."""
        within, zero, deviations = self.layout.within(images), images.new_zeros(()), []
        for layer in self.plan:
            if layer == "p":
                within = pool(within)
                continue
            within = self._convolve((within, zero))[0]
            deviations.append(deviation(self.layout.variance(within)))
            within = relu_step(within, within, self.layout.norm(deviations[-1], deviations[-1]))[0]
        return tuple(deviations)

    def moments(self, left: Side, right: Side) -> Moments:
        """NNGP and NTK between positions of two sets of images, after all layers."""
        start = self.layout.between(left.images, right.images)
        cross, deviations = (start, start.new_zeros(())), zip(left.deviations, right.deviations, strict=True)
        for layer in self.plan:
            if layer == "p":
                cross = _of_both(pool, cross)
                continue
            one, other = next(deviations)
            norm = self.layout.norm(one[..., :, None], other[..., None, :])
            cross = relu_step(*self._convolve(cross), norm)
        return cross[0], cross[1].expand_as(cross[0])

    def _convolve(self, moments: Moments) -> Moments:
        totals = _of_both(self.layout.convolve, moments)
        return affine_step(*totals, self.weight_std / 3, self.bias_std)  # nine offsets share the variance


def _of_both(change: Callable[[Tensor], Tensor], moments: Moments) -> Moments:
    """A linear change of NNGP and NTK. An NTK without axes is the zero before the first layer, and stays so."""
    nngp, ntk = moments
    return change(nngp), change(ntk) if ntk.ndim else ntk
