"""Kernels of explicit features: the linear form of FRePo and RFAD, and random Fourier features."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.rng import Rng
from condenset.kernels.ridge import ridge_predict


def feature_kernel(
    a: Float[Tensor, "na width"], b: Float[Tensor, "nb width"], scale: float = 1.0, bias: float = 0.0
) -> Float[Tensor, "na nb"]:
    """scale * a b^T + bias. FRePo (Zhou et al., 2022): scale 1, bias 0; RFAD (Loo et al., 2022): 2 and 0.01."""
    return scale * (a @ b.T) + bias


def feature_ridge_predict(
    query: Float[Tensor, "targets width"],
    support: Float[Tensor, "n width"],
    labels: Float[Tensor, "n outputs"],
    regulariser: float,
    scale: float = 1.0,
    bias: float = 0.0,
    weight: Float[Tensor, " n"] | None = None,
) -> Float[Tensor, "targets outputs"]:
    """Kernel ridge regression on features, the kernel being scale * a b^T / width + bias; see `ridge_predict`."""
    scale = scale / support.shape[1]
    k_ts, k_ss = (feature_kernel(side, support, scale, bias) for side in (query, support))
    return ridge_predict(k_ts, k_ss, labels, regulariser, weight)


def gaussian_frequencies(entries: int, count: int, bandwidth: float, rng: Rng) -> Float[Tensor, "entries count"]:
    """Frequencies of the kernel exp(-|x - y|^2 / (2 bandwidth^2)), (entries, count) float64.

    They are normal with deviation 1 / bandwidth.
    """
    return torch.randn(entries, count, generator=rng.torch(), dtype=torch.float64) / bandwidth


def fourier_features(
    inputs: Float[Tensor, "n entries"], frequencies: Float[Tensor, "entries count"]
) -> Float[Tensor, "n twice_count"]:
    """cos and sin of every projection, of unit length together, so that k(x, x) = 1 (Rahimi and Recht, 2007)."""
    projected = inputs @ frequencies
    return torch.cat([projected.cos(), projected.sin()], 1) / math.sqrt(frequencies.shape[1])
