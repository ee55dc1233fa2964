"""Blocks of images change neither kernel nor gradient; impossible networks are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.kernels.conv_network import ConvNetwork
from tests.conftest import close


def images(n: int, side: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, 2, side, side, generator=Rng(seed).torch(), dtype=torch.float64)


@pytest.mark.parametrize("same", [False, True])
@pytest.mark.parametrize("network", [ConvNetwork("cc"), ConvNetwork("cpc"), ConvNetwork("cpc", readout="pool")])
def test_blocks_agree_with_one_piece_in_value_and_gradient(network, same) -> None:
    weight, results = images(1, 5)[0, 0], []
    for block_bytes in (2**26, 8 * 6**4 * 4, 1):
        a = images(5, 6).requires_grad_()
        b = a if same else images(5, 6, seed=1)
        blocked = ConvNetwork(network.plan, network.readout, block_bytes=block_bytes)
        kernel = blocked.kernel(a, b, 1, "conv-ntk")
        (kernel * weight).sum().backward()
        results.append((kernel, a.grad))
    for kernel, gradient in results[1:]:
        close(kernel, results[0][0], 1e-12)
        close(gradient, results[0][1], 1e-10)


@pytest.mark.parametrize("network", [ConvNetwork("cc"), ConvNetwork("cpc")])
def test_of_the_same_images_one_half_is_mirrored(network) -> None:
    x = images(5, 6)
    kernel = replace(network, block_bytes=1).kernel(x, x, 1, "conv-ntk")
    assert torch.equal(kernel, kernel.T)


@pytest.mark.parametrize("network", [ConvNetwork("cc"), ConvNetwork("cpc"), ConvNetwork("c", readout="pool")])
@pytest.mark.parametrize("pairs", [1, 2, 3, 5, 12])
def test_of_the_same_images_the_kernel_is_that_of_two_sets(network, pairs) -> None:
    x = images(7, 4)
    one = 8 * (4**4 if "p" in network.plan + network.readout else 4**2)
    blocked = replace(network, block_bytes=pairs * one)
    close(blocked.kernel(x, x, 1, "conv-ntk"), network.kernel(x, x.clone(), 1, "conv-ntk"), 1e-12)


def test_rows_longer_than_a_block_is_wide() -> None:
    x, network = images(150, 2), ConvNetwork("c")
    kernel = network.kernel(x, x, 1, "conv-ntk")
    assert torch.equal(kernel, kernel.T)
    close(kernel, network.kernel(x, x.clone(), 1, "conv-ntk"), 1e-12)
    close(kernel[:, 140:], network.kernel(x, x[140:], 1, "conv-ntk"), 1e-12)


def test_pooling_first_pools_the_images() -> None:
    a, b = images(3, 6), images(2, 6, seed=1)
    halve = lambda x: torch.nn.functional.avg_pool2d(x, 2)
    for moment in (0, 1):
        pooled = ConvNetwork("c").kernel(halve(a), halve(b), moment, "conv-ntk")
        close(ConvNetwork("pc").kernel(a, b, moment, "conv-ntk"), pooled, 1e-12)


def test_without_convolutions_the_kernel_is_linear() -> None:
    a, b = images(3, 4), images(2, 4, seed=1)
    for moment in (0, 1):
        kernel = ConvNetwork("", weight_std=2.0, bias_std=0.5).kernel(a, b, moment, "conv-ntk")
        close(kernel, 4 * torch.einsum("achw,bchw->ab", a, b) / 32 + 0.25, 1e-12)


def test_gradient_is_the_difference_quotient_where_images_meet_themselves() -> None:
    x = images(2, 3).requires_grad_()
    network, weight = ConvNetwork("cp", readout="pool"), torch.tensor([[1.0, 0.5], [-0.25, 2.0]], dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda x: (weight * network.kernel(x, x, 1, "conv-ntk")).sum(), x, atol=1e-5)


def test_black_images_give_finite_gradients() -> None:
    x = torch.zeros(2, 1, 4, 4, requires_grad=True)
    ConvNetwork("cpc", bias_std=0.0).kernel(x, x, 1, "conv-ntk").sum().backward()
    assert torch.isfinite(x.grad).all()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["c", "cc", "cpc"]), st.sampled_from(["flatten", "pool"]))
def test_kernels_are_symmetric_and_positive_semidefinite(seed, plan, readout) -> None:
    x = images(5, 4, seed)
    for moment in (0, 1):
        kernel = ConvNetwork(plan, readout).kernel(x, x, moment, "conv-ntk")
        close(kernel, kernel.T, 1e-12)
        assert torch.linalg.eigvalsh(kernel)[0] >= -1e-9 * kernel.diagonal().mean()


@pytest.mark.parametrize(
    ("network", "message"),
    [(ConvNetwork("cxp"), "'cxp'"), (ConvNetwork("cpcpcp"), "halves the image 3 times.*at least 8 pixels, got 4")],
)
def test_impossible_networks_are_refused(network, message) -> None:
    with pytest.raises(RequestError, match=message):
        network.kernel(images(1, 4), images(1, 4), 1, "conv-ntk")
