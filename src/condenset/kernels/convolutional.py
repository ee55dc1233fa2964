"""Convolutional ReLU networks of infinite width: their NNGP and NTK (Arora et al., 2019; Novak et al., 2019).

A covariance is kept either for equal positions only (axes h, w), enough for convolutions read out by flattening,
or for all pairs of positions (axes h, h', w, w'), which pooling needs. Both act on any leading axes, so one
recursion serves the covariance between two sets of images and the one within each image. The latter is needed only
for the deviations that a ReLU layer divides by, which are found once for every image.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.kernels.arccosine import affine_step, deviation, relu_step

Moments = tuple[Tensor, Tensor]  # NNGP and NTK of the same shape


class EqualPositions:
    """Covariances between equal positions, axes (h, w): cost linear in the number of pixels."""

    def between(
        self, a: Float[Tensor, "na channels height width"], b: Float[Tensor, "nb channels height width"]
    ) -> Float[Tensor, "na nb height width"]:
        """Mean product over channels of every image of `a` with every image of `b`."""
        return torch.einsum("achw,bchw->abhw", a, b) / a.shape[1]

    def within(self, a: Float[Tensor, "n channels height width"]) -> Float[Tensor, "n height width"]:
        """Mean product over channels of every image with itself."""
        return a.square().mean(1)

    def convolve(self, covariance: Float[Tensor, "*lead height width"]) -> Float[Tensor, "*lead height width"]:
        """Mean over the nine joint offsets of a 3 x 3 convolution, zero outside the image."""
        rows, columns = (_neighbours(side, covariance) for side in covariance.shape[-2:])
        return rows @ (covariance @ columns)

    def variance(self, within: Float[Tensor, "n height width"]) -> Float[Tensor, "n height width"]:
        """What a covariance within images says of every position alone."""
        return within

    def norm(self, left: Float[Tensor, "*l height width"], right: Float[Tensor, "*r height width"]) -> Tensor:
        """Products of the deviations of two sets of images, broadcast over leading axes."""
        return left * right

    def flatten(self, covariance: Float[Tensor, "na nb height width"]) -> Float[Tensor, "na nb"]:
        """Readout of a flattened image: the mean over equal positions."""
        return covariance.mean((-2, -1))


class PositionPairs:
    """Covariances between all pairs of positions, axes (h, h', w, w'): cost quadratic in the number of pixels."""

    def between(
        self, a: Float[Tensor, "na channels height width"], b: Float[Tensor, "nb channels height width"]
    ) -> Float[Tensor, "na nb height height width width"]:
        """Mean product over channels of every image of `a` with every image of `b`."""
        return torch.einsum("achw,bcij->abhiwj", a, b) / a.shape[1]

    def within(self, a: Float[Tensor, "n channels height width"]) -> Float[Tensor, "n height height width width"]:
        """Mean product over channels of every image with itself."""
        return torch.einsum("achw,acij->ahiwj", a, a) / a.shape[1]

    def convolve(self, covariance: Float[Tensor, "*lead h h w w"]) -> Float[Tensor, "*lead h h w w"]:
        """Mean over the nine joint offsets of a 3 x 3 convolution, zero outside the image."""
        return _mean_of_three_shifts(_mean_of_three_shifts(covariance, -2, -1), -4, -3)

    def variance(self, within: Float[Tensor, "n h h w w"]) -> Float[Tensor, "n h w"]:
        """What a covariance within images says of every position alone."""
        return _equal_positions(within)

    def norm(self, left: Float[Tensor, "*l h w"], right: Float[Tensor, "*r h w"]) -> Tensor:
        """Products of the deviations of two sets of images, broadcast over leading axes."""
        return left[..., :, None, :, None] * right[..., None, :, None, :]

    def flatten(self, covariance: Float[Tensor, "na nb h h w w"]) -> Float[Tensor, "na nb"]:
        """Readout of a flattened image: the mean over equal positions."""
        return _equal_positions(covariance).mean((-2, -1))


Layout = EqualPositions | PositionPairs


def pool(covariance: Float[Tensor, "*lead h h w w"]) -> Float[Tensor, "*lead k k v v"]:
    """Pairs of positions after 2 x 2 average pooling with stride 2; an odd last row or column is dropped."""
    for axis in (-4, -3, -2, -1):
        half = covariance.shape[axis] // 2
        first, second = covariance.narrow(axis, 0, 2 * half).unflatten(axis, (half, 2)).unbind(axis)
        covariance = (first + second) / 2
    return covariance


def _equal_positions(covariance: Float[Tensor, "*lead h h w w"]) -> Float[Tensor, "*lead h w"]:
    return covariance.diagonal(dim1=-4, dim2=-3).diagonal(dim1=-3, dim2=-2)


def _neighbours(side: int, like: Tensor) -> Float[Tensor, "side side"]:
    """A third at every position and at the ones beside it, by which to multiply: much quicker than a pooling."""
    return torch.full((side, side), 1 / 3, dtype=like.dtype, device=like.device).tril(1).triu(-1)


def _mean_of_three_shifts(covariance: Float[Tensor, "*shape"], axis: int, other: int) -> Float[Tensor, "*shape"]:
    """Mean over the three joint offsets along two axes of equal length, zero outside."""
    inner = covariance.shape[axis] - 1

    def part(whole: Tensor, start: int) -> Tensor:
        return whole.narrow(axis, start, inner).narrow(other, start, inner)

    total = covariance.clone()
    part(total, 1).add_(part(covariance, 0))
    part(total, 0).add_(part(covariance, 1))
    return total / 3


@dataclass(frozen=True)
class Side:
    """One set of images as the recursion needs it.

    Attributes:
        images: (n, channels, height, width).
        deviations: one per convolution, (n, h, w) of its layer: of every position before the ReLU.
    """

    images: Float[Tensor, "n channels height width"]
    deviations: tuple[Float[Tensor, "n _ _"], ...]


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
    layout: Layout
    weight_std: float
    bias_std: float

    def side(self, images: Float[Tensor, "n channels height width"]) -> Side:
        """The images with the deviations of all layers."""
        within, deviations = self.layout.within(images), []
        for layer in self.plan:
            if layer == "p":
                within = pool(within)
                continue
            within = self._convolve(within, within)[0]
            deviations.append(deviation(self.layout.variance(within)))
            within = relu_step(within, within, self.layout.norm(deviations[-1], deviations[-1]))[0]
        return Side(images, tuple(deviations))

    def moments(self, left: Side, right: Side) -> Moments:
        """NNGP and NTK between positions of two sets of images, after all layers."""
        start = self.layout.between(left.images, right.images)
        cross, deviations = (start, torch.zeros_like(start)), zip(left.deviations, right.deviations, strict=True)
        for layer in self.plan:
            if layer == "p":
                cross = (pool(cross[0]), pool(cross[1]))
                continue
            one, other = next(deviations)
            cross = relu_step(*self._convolve(*cross), self.layout.norm(one[:, None], other[None]))
        return cross

    def _convolve(self, nngp: Tensor, ntk: Tensor) -> Moments:
        mean = self.layout.convolve(nngp)
        return affine_step(mean, mean if ntk is nngp else self.layout.convolve(ntk), self.weight_std, self.bias_std)
