"""The two layers of an infinitely wide network, affine and ReLU, acting on covariances.

Written on covariances of any shape, so that fully connected, convolutional and graph kernels share them. Every
step has finite gradients where a point meets itself (angle 0), its opposite (angle pi) or is zero.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

# Cosines this many machine epsilons from 1 count as the same direction: rounding cannot tell them apart.
_SAME_DIRECTION = 8


def arc_cosine(cosine: Float[Tensor, "*shape"]) -> tuple[Float[Tensor, "*shape"], Float[Tensor, "*shape"]]:
    """Arc-cosine kernels of degree 1 and 0 (Cho and Saul, 2009) at the cosine of an angle t.

    Returns:
        kappa_1 = (sin t + (pi - t) cos t) / pi and kappa_0 = (pi - t) / pi, each 1 at t = 0, in the cosine's dtype.
        At t = 0 and t = pi both are constants: there kappa_0 has a cusp, whose two one-sided slopes average to 0
        and which a point compared with itself never leaves.
    """
    kappa_1, kappa_0, _ = _ArcCosine.apply(cosine)
    return kappa_1, kappa_0


class _ArcCosine(torch.autograd.Function):
    """Kappa 1, kappa 0 and the sine, whose slopes are written in terms of each other, so that they have slopes too.

    No value is chosen by a condition: on a CPU `torch.where` costs ten times an arithmetic operation.
    """

    @staticmethod
    def forward(cosine: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        stretched = (cosine * (1 + _SAME_DIRECTION * torch.finfo(cosine.dtype).eps)).clamp_(-1, 1)
        supplement = torch.acos(stretched).neg_().add_(math.pi)
        tiny = torch.finfo(cosine.dtype).tiny  # the root of it is quick and exact, that of 0 takes twenty times as long
        sine = (1 - stretched.square()).clamp_(min=tiny).sqrt_().sub_(math.sqrt(tiny))
        return torch.addcmul(sine, supplement, stretched).div_(math.pi), supplement.div_(math.pi), sine

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor], output: tuple[Tensor, Tensor, Tensor]) -> None:
        ctx.save_for_backward(*inputs, *output[1:])

    @staticmethod
    def backward(ctx: Any, by_kappa_1: Tensor, by_kappa_0: Tensor, by_sine: Tensor) -> Tensor:
        cosine, kappa_0, sine = ctx.saved_tensors
        inverse = sine / (sine.square() + torch.finfo(sine.dtype).tiny)  # 0 where the sine is
        inside = sine * inverse
        return by_kappa_1 * kappa_0 * inside + (by_kappa_0 / math.pi - by_sine * cosine) * inverse


def deviation(variance: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Square root of a variance, with gradient 0 (not infinite) where the variance is 0."""
    positive = variance > 0
    return torch.where(positive, torch.where(positive, variance, 1.0).sqrt(), 0.0)


def cosine_of(covariance: Float[Tensor, "*shape"], norm: Float[Tensor, "*broadcast"]) -> Float[Tensor, "*shape"]:
    """Covariance / norm, and 0 where the norm (a product of two deviations) and so the covariance are 0.

    Norms below the root of the smallest number (1e-19 in float32) count as that.
    """
    return covariance / norm.clamp(min=math.sqrt(torch.finfo(norm.dtype).tiny))


def relu_step(
    nngp: Float[Tensor, "*shape"], ntk: Float[Tensor, "*shape"], norm: Float[Tensor, "*broadcast"]
) -> tuple[Float[Tensor, "*shape"], Float[Tensor, "*shape"]]:
    """NNGP and NTK after a ReLU layer.

    Args:
        nngp: covariances before the layer.
        ntk: tangent kernel before the layer, of the same shape.
        norm: products of the two deviations, broadcastable to that shape.
    """
    kappa_1, kappa_0 = arc_cosine(cosine_of(nngp, norm))
    return norm * kappa_1 / 2, ntk * kappa_0 / 2


def affine_step(
    nngp: Float[Tensor, "*shape"], ntk: Float[Tensor, "*shape"], weight_std: float, bias_std: float
) -> tuple[Float[Tensor, "*shape"], Float[Tensor, "*shape"]]:
    """NNGP and NTK after a layer x -> W x / sqrt(fan in) + b (NTK parameterisation, Jacot et al., 2018)."""
    after = weight_std**2 * nngp + bias_std**2
    return after, torch.add(after, ntk, alpha=weight_std**2)
