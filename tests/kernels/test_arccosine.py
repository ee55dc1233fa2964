"""Arc-cosine kernels against SciPy's integral, and their gradients where angles meet the border."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.integrate import quad

from condenset.kernels.arccosine import affine_step, arc_cosine, cosine_of, deviation, relu_step
from tests.conftest import close


@pytest.mark.parametrize("angle", [0.3, 1.2, 2.9])
def test_kappas_are_gaussian_expectations_of_relu_and_step(angle) -> None:
    def in_plane(degree: int) -> float:
        def integrand(phi: float) -> float:
            u, v = math.cos(phi), math.cos(phi - angle)
            return (u * v) ** degree * (u > 0) * (v > 0) / (2 * math.pi)

        radial = 2.0 if degree else 1.0  # the mean of r^2 of a plane normal vector
        return radial * quad(integrand, angle - math.pi / 2, math.pi / 2)[0]

    kappa_1, kappa_0 = arc_cosine(torch.tensor(math.cos(angle), dtype=torch.float64))
    assert float(kappa_1) == pytest.approx(2 * in_plane(1), rel=1e-9)
    assert float(kappa_0) == pytest.approx(2 * in_plane(0), rel=1e-9)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_border_values_are_exact_and_gradients_finite(dtype) -> None:
    eps = torch.finfo(dtype).eps
    cosine = torch.tensor([1.0, 1.0 + eps, 1 - eps, -1.0, -1.0 - eps], dtype=dtype, requires_grad=True)
    kappa_1, kappa_0 = arc_cosine(cosine)
    expected = torch.tensor([1.0, 1.0, 1.0, 0.0, 0.0], dtype=dtype)
    assert torch.equal(kappa_1, expected) and torch.equal(kappa_0, expected)
    (slope,) = torch.autograd.grad(kappa_1.sum() + kappa_0.sum(), cosine, create_graph=True)
    (slope_of_slope,) = torch.autograd.grad(slope.sum(), cosine)
    assert torch.equal(slope, torch.zeros_like(cosine)) and torch.equal(slope_of_slope, torch.zeros_like(cosine))


def test_slope_of_kappa_1_is_kappa_0() -> None:
    cosine = torch.linspace(-0.99, 0.99, 25, dtype=torch.float64, requires_grad=True)
    kappa_1, kappa_0 = arc_cosine(cosine)
    (slope,) = torch.autograd.grad(kappa_1.sum(), cosine)
    close(slope, kappa_0, 1e-12)


def test_slopes_have_slopes() -> None:
    cosine = torch.linspace(-0.9, 0.9, 7, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(arc_cosine, cosine)
    assert torch.autograd.gradgradcheck(arc_cosine, cosine)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_cosine_of_nothing_is_zero_and_others_are_quotients(dtype) -> None:
    covariance = torch.tensor([0.0, 0.5, -1e-8], dtype=dtype, requires_grad=True)
    cosine = cosine_of(covariance, torch.tensor([0.0, 2.0, 1e-8], dtype=dtype))
    cosine.sum().backward()
    assert cosine.tolist() == [0.0, 0.25, -1.0] and bool(torch.isfinite(covariance.grad).all())


def test_deviation_of_zero_has_no_gradient() -> None:
    variance = torch.tensor([0.0, 4.0], requires_grad=True)
    root = deviation(variance)
    root.sum().backward()
    assert root.tolist() == [0.0, 2.0] and variance.grad.tolist() == [0.0, 0.25]


def test_relu_step_equals_a_monte_carlo_mean() -> None:
    covariance = np.array([[1.5, 0.6], [0.6, 0.8]])
    draws = np.random.default_rng(0).multivariate_normal([0, 0], covariance, 400_000)
    nngp, ntk = relu_step(
        torch.tensor(covariance),
        torch.ones(2, 2, dtype=torch.float64),
        torch.tensor(np.sqrt(np.outer([1.5, 0.8], [1.5, 0.8]))),
    )
    relu = np.maximum(draws, 0)
    close(nngp, torch.tensor(relu.T @ relu / len(draws)), 0.01)
    close(ntk, torch.tensor((draws > 0).T.astype(float) @ (draws > 0) / len(draws)), 0.01)


def test_affine_step_adds_the_layers_own_tangent() -> None:
    nngp, ntk = affine_step(torch.tensor([2.0]), torch.tensor([3.0]), 2.0, 0.5)
    assert nngp.item() == 8.25 and ntk.item() == 20.25
    nngp, ntk = affine_step(torch.tensor([2.0, 1.0]), torch.tensor(0.0), 2.0, 0.5)
    assert nngp.tolist() == ntk.tolist() == [8.25, 4.25]
