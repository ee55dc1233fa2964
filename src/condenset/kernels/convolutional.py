"""Convolutional ReLU networks of infinite width: their NNGP and NTK (Arora et al., 2019; Novak et al., 2019).

A covariance is kept either for equal positions only (axes h, w), enough for convolutions read out by flattening,
or for all pairs of positions (axes h, h', w, w'), which pooling needs. Both act on any leading axes, so one
recursion serves the covariance between two sets of images and the one within each image.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

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
        return functional.avg_pool2d(covariance, 3, stride=1, padding=1)

    def norm(self, left: Float[Tensor, "*l height width"], right: Float[Tensor, "*r height width"]) -> Tensor:
        """Products of the deviations read from two covariances within images, broadcast over leading axes."""
        return deviation(left) * deviation(right)

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
        return _on_both_axes(covariance, _mean_of_three_shifts)

    def norm(self, left: Float[Tensor, "*l h h w w"], right: Float[Tensor, "*r h h w w"]) -> Tensor:
        """Products of the deviations read from two covariances within images, broadcast over leading axes."""
        deviation_left, deviation_right = deviation(_equal_positions(left)), deviation(_equal_positions(right))
        return deviation_left[..., :, None, :, None] * deviation_right[..., None, :, None, :]

    def flatten(self, covariance: Float[Tensor, "na nb h h w w"]) -> Float[Tensor, "na nb"]:
        """Readout of a flattened image: the mean over equal positions."""
        return _equal_positions(covariance).mean((-2, -1))


Layout = EqualPositions | PositionPairs


def pool(covariance: Float[Tensor, "*lead h h w w"]) -> Float[Tensor, "*lead k k v v"]:
    """Pairs of positions after 2 x 2 average pooling with stride 2; an odd last row or column is dropped."""
    return _on_both_axes(covariance, lambda plane: functional.avg_pool2d(plane, 2))


def _equal_positions(covariance: Float[Tensor, "*lead h h w w"]) -> Float[Tensor, "*lead h w"]:
    return covariance.diagonal(dim1=-4, dim2=-3).diagonal(dim1=-3, dim2=-2)


def _on_both_axes(covariance: Float[Tensor, "*lead h h w w"], change: Callable[[Tensor], Tensor]) -> Tensor:
    """Apply `change`, which acts on (planes, m, m), to the (w, w') planes and then to the (h, h') planes."""
    for _ in range(2):
        planes = change(covariance.flatten(0, -3))
        covariance = planes.reshape(*covariance.shape[:-2], *planes.shape[1:]).movedim((-4, -3), (-2, -1))
    return covariance


def _mean_of_three_shifts(plane: Float[Tensor, "planes m m"]) -> Float[Tensor, "planes m m"]:
    size = plane.shape[-1]
    padded = functional.pad(plane, (1, 1, 1, 1))
    shifts = [padded[:, s : s + size, s : s + size] for s in range(3)]
    return (shifts[0] + shifts[1] + shifts[2]) / 3


@dataclass(frozen=True)
class Recursion:
    """The layers of one network on one layout.

    Attributes:
        layout: how covariances between positions are kept.
        weight_std: standard deviation of the weights (times sqrt(fan in)).
        bias_std: standard deviation of the biases.
    """

    layout: Layout
    weight_std: float
    bias_std: float

    def moments(
        self, plan: str, a: Float[Tensor, "na channels height width"], b: Float[Tensor, "nb channels height width"]
    ) -> Moments:
        """NNGP and NTK between positions of two sets of images, after all layers of `plan`."""
        start = self.layout.between(a, b)
        cross = (start, torch.zeros_like(start))
        left, right = self.layout.within(a), self.layout.within(b)
        for layer in plan:
            if layer == "p":
                cross = (pool(cross[0]), pool(cross[1]))
                left, right = pool(left), pool(right)
                continue
            cross = self._convolve(*cross)
            left, right = self._convolve(left, left)[0], self._convolve(right, right)[0]
            cross = relu_step(*cross, self.layout.norm(left[:, None], right[None]))
            left, right = self._relu_within(left), self._relu_within(right)
        return cross

    def _convolve(self, nngp: Tensor, ntk: Tensor) -> Moments:
        mean = self.layout.convolve(nngp)
        return affine_step(mean, mean if ntk is nngp else self.layout.convolve(ntk), self.weight_std, self.bias_std)

    def _relu_within(self, covariance: Tensor) -> Tensor:
        return relu_step(covariance, covariance, self.layout.norm(covariance, covariance))[0]
