"""Explicit feature kernels and random Fourier features against their closed forms."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.kernels.random_features import feature_kernel, fourier_features, gaussian_frequencies
from tests.conftest import close, golden


def test_feature_kernel_is_scaled_and_shifted() -> None:
    a, b = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, -1.0], [0.0, 1.0]])
    close(feature_kernel(a, b, scale=2.0, bias=0.5), torch.tensor([[2.5, 4.5]]), 1e-7)


def test_golden_frepo_regularised_kernel() -> None:
    vectors = golden("images/frepo_krr")
    kernel = feature_kernel(vectors["feat_proto"], vectors["feat_proto"])
    eye = torch.eye(len(kernel), dtype=torch.float64)
    close(kernel + 1e-6 * kernel.diagonal().mean() * eye, vectors["k_pp_reg"], 1e-9)


def test_fourier_features_have_unit_length_and_the_gaussian_as_mean() -> None:
    x = torch.randn(5, 3, generator=Rng(0).torch(), dtype=torch.float64)
    features = fourier_features(x, gaussian_frequencies(3, 200_000, 1.5, Rng(1)))
    close(features.square().sum(1), torch.ones(5), 1e-12)
    close(features @ features.T, torch.exp(-torch.cdist(x, x).square() / (2 * 1.5**2)), 0.01)
