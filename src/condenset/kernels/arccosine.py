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
    kappas: tuple[Tensor, Tensor] = _ArcCosine.apply(cosine, 1 / math.pi)
    return kappas


class _ArcCosine(torch.autograd.Function):
    """sin t + (pi - t) cos t and pi - t, both times a constant; the slope of the first is the second.

    No value is chosen by a condition: on a CPU `torch.where` costs ten times an arithmetic operation.
    """

    @staticmethod
    def forward(cosine: Tensor, scale: float) -> tuple[Tensor, Tensor]:
        negated = (cosine * -(1 + _SAME_DIRECTION * torch.finfo(cosine.dtype).eps)).clamp_(-1, 1)
        supplement = torch.acos(negated)  # of minus the cosine: pi - t
        sine = _squared_sine(negated).sqrt_().sub_(math.sqrt(torch.finfo(cosine.dtype).tiny))
        return sine.addcmul_(supplement, negated, value=-1).mul_(scale), supplement.mul_(scale)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, float], output: tuple[Tensor, Tensor]) -> None:
        cosine, ctx.scale = inputs
        ctx.save_for_backward(cosine, output[1])

    @staticmethod
    def backward(ctx: Any, by_degree_1: Tensor, by_degree_0: Tensor) -> tuple[Tensor, None]:
        cosine, degree_0 = ctx.saved_tensors
        real = torch.finfo(cosine.dtype)
        sine = _squared_sine(cosine * (1 + _SAME_DIRECTION * real.eps)).sqrt() - math.sqrt(real.tiny)
        inverse = sine / (sine.square() + real.tiny)  # 0 where the sine is
        return torch.addcmul(by_degree_0 * ctx.scale, by_degree_1 * degree_0, sine) * inverse, None


def _squared_sine(cosine: Tensor) -> Tensor:
    """At least the smallest number: its root is quick and exact, that of 0 takes twenty times as long."""
    squared = torch.addcmul(cosine.new_ones(()), cosine, cosine, value=-1)
    return squared.clamp_(min=torch.finfo(cosine.dtype).tiny)


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
    half_kappa_1, half_kappa_0 = _ArcCosine.apply(cosine_of(nngp, norm), 1 / (2 * math.pi))
    return norm * half_kappa_1, ntk * half_kappa_0


def affine_step(
    nngp: Float[Tensor, "*shape"], ntk: Float[Tensor, "*#shape"], weight_std: float, bias_std: float
) -> tuple[Float[Tensor, "*shape"], Float[Tensor, "*shape"]]:
    """NNGP and NTK after a layer x -> W x / sqrt(fan in) + b (NTK parameterisation, Jacot et al., 2018).

    The tangent kernel before the layer may be of a shape that broadcasts.
    """
    after = torch.add(nngp.new_full((), bias_std**2), nngp, alpha=weight_std**2)
    return after, torch.add(after, ntk, alpha=weight_std**2)
