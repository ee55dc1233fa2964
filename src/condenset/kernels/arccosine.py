"""The two layers of an infinitely wide network, affine and ReLU, acting on covariances.

Written on covariances of any shape, so that fully connected, convolutional and graph kernels share them. Every
step has finite gradients where a point meets itself (angle 0), its opposite (angle pi) or is zero.
"""

from __future__ import annotations

import math

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
    inside = cosine.abs() < 1 - _SAME_DIRECTION * torch.finfo(cosine.dtype).eps
    # The square root and acos must not see the border even on the branch not taken: 0 * inf is not finite.
    safe = torch.where(inside, cosine, 0.0)
    aligned = (cosine > 0).to(cosine.dtype)
    supplement = math.pi - torch.acos(safe)
    kappa_0 = torch.where(inside, supplement / math.pi, aligned)
    kappa_1 = torch.where(inside, ((1 - safe.square()).sqrt() + supplement * safe) / math.pi, aligned)
    return kappa_1, kappa_0


def deviation(variance: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Square root of a variance, with gradient 0 (not infinite) where the variance is 0."""
    positive = variance > 0
    return torch.where(positive, torch.where(positive, variance, 1.0).sqrt(), 0.0)


def cosine_of(covariance: Float[Tensor, "*shape"], norm: Float[Tensor, "*broadcast"]) -> Float[Tensor, "*shape"]:
    """Covariance / norm, and 0 where the norm (a product of two deviations) is 0."""
    return covariance / torch.where(norm > 0, norm, 1.0)


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
    return after, after + weight_std**2 * ntk
