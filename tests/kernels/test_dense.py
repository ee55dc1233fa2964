"""The fully connected recursion: against finite networks, at coincident points, and its gradients in float32."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from condenset.core.rng import Rng
from condenset.kernels.dense import DenseNetwork
from tests.conftest import close


def points(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=Rng(seed).torch(), dtype=torch.float64)


def finite_network_moments(x: torch.Tensor, width: int, network: DenseNetwork) -> tuple[torch.Tensor, torch.Tensor]:
    """NNGP of the last hidden layer and NTK of a random network with one hidden layer of this width."""
    first, second = points(width, x.shape[1], seed=1), points(1, width, seed=2)
    bias = points(width, seed=3)
    w, b = network.weight_std, network.bias_std
    before = w * x @ first.T / math.sqrt(x.shape[1]) + b * bias
    hidden = before.clamp(min=0)
    back = w * second / math.sqrt(width) * (before > 0)
    nngp = w**2 * hidden @ hidden.T / width + b**2
    return nngp, nngp + (back @ back.T) * (w**2 * x @ x.T / x.shape[1] + b**2)


def test_infinite_width_is_the_limit_of_a_wide_network() -> None:
    network, x = DenseNetwork(weight_std=1.2, bias_std=0.4), points(4, 6)
    nngp, ntk = network.moments(x, x, None)
    expected_nngp, expected_ntk = finite_network_moments(x, 100_000, network)
    close(nngp, expected_nngp, 0.02)
    close(ntk, expected_ntk, 0.02)


def test_depth_zero_is_linear_regression() -> None:
    a, b = points(3, 5), points(2, 5, seed=1)
    nngp, ntk = DenseNetwork(depth=0, weight_std=1.5, bias_std=0.3).moments(a, b, None)
    close(nngp, 2.25 * a @ b.T / 5 + 0.09, 1e-12)
    close(ntk, nngp, 1e-12)


@pytest.mark.parametrize("bias_std", [0.0, 0.1])
def test_a_zero_point_gives_finite_values_and_gradients(bias_std) -> None:
    x = torch.cat([torch.zeros(1, 4), points(2, 4).float()]).requires_grad_()
    nngp, ntk = DenseNetwork(depth=2, bias_std=bias_std).moments(x, x, None)
    (nngp.sum() + ntk.sum()).backward()
    assert torch.isfinite(ntk).all() and torch.isfinite(x.grad).all()


@pytest.mark.parametrize("depth", [1, 3])
def test_gradient_is_the_difference_quotient_where_points_meet_themselves(depth) -> None:
    x, weight = points(4, 3).requires_grad_(), points(4, 4, seed=5)

    def value(x: torch.Tensor) -> torch.Tensor:
        return (weight * DenseNetwork(depth=depth).moments(x, x, None)[1]).sum()

    assert torch.autograd.gradcheck(value, x, eps=1e-6, atol=1e-6)


def test_float32_gradients_agree_with_float64() -> None:
    gradients = []
    for dtype in (torch.float32, torch.float64):
        x = points(6, 50).to(dtype).requires_grad_()
        (points(6, 6, seed=5).to(dtype) * DenseNetwork(depth=3).moments(x, x, None)[1]).sum().backward()
        gradients.append(x.grad)
    close(gradients[0], gradients[1], 1e-3)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 4), st.sampled_from([0.0, 0.1]))
def test_moments_are_symmetric_and_positive_semidefinite(seed, n, depth, bias_std) -> None:
    x = points(n, 5, seed=seed)
    x[0] = x[-1]
    for moment in DenseNetwork(depth=depth, bias_std=bias_std).moments(x, x, None):
        close(moment, moment.T, 1e-12)
        assert torch.linalg.eigvalsh(moment)[0] >= -1e-9 * moment.diagonal().mean()
