"""The convolutional recursion against loops over single pixels in NumPy, and its two layouts against each other."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch

from condenset.core.rng import Rng
from condenset.kernels.convolutional import EqualPositions, Moments, PositionPairs, Positions, Recursion, Side, pool
from tests.conftest import close

WEIGHT_STD, BIAS_STD = 1.3, 0.2


def images(n: int, side: int, seed: int) -> torch.Tensor:
    return torch.randn(side, side, 2, n, generator=Rng(seed).torch(), dtype=torch.float64)


def moments(layout: Positions, plan: str, a: torch.Tensor, b: torch.Tensor) -> Moments:
    recursion = Recursion(plan, layout, WEIGHT_STD, BIAS_STD)
    return recursion.moments(Side(a, recursion.deviations(a)), Side(b, recursion.deviations(b)))


def convolve_by_loops(k: np.ndarray) -> np.ndarray:
    out, side = np.zeros_like(k), k.shape[0]
    for p in itertools.product(range(side), repeat=4):
        for dy, dx in itertools.product((-1, 0, 1), repeat=2):
            y, x, v, u = p[0] + dy, p[1] + dx, p[2] + dy, p[3] + dx
            if all(0 <= c < side for c in (y, x, v, u)):
                out[p] += k[y, x, v, u] / 9
    return out


def layer_by_loops(ab: np.ndarray, theta: np.ndarray, aa: np.ndarray, bb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One convolution and ReLU between two images, axes (h, w, h', w')."""
    ab, aa, bb = (WEIGHT_STD**2 * convolve_by_loops(k) + BIAS_STD**2 for k in (ab, aa, bb))
    theta = ab + WEIGHT_STD**2 * convolve_by_loops(theta)
    nngp, ntk = np.zeros_like(ab), np.zeros_like(ab)
    for p in itertools.product(range(len(ab)), repeat=4):
        norm = math.sqrt(aa[p[:2] + p[:2]] * bb[p[2:] + p[2:]])
        angle = math.acos(ab[p] / norm)
        nngp[p] = norm * (math.sin(angle) + (math.pi - angle) * math.cos(angle)) / (2 * math.pi)
        ntk[p] = theta[p] * (math.pi - angle) / (2 * math.pi)
    return nngp, ntk


def test_one_layer_equals_loops_over_pixels() -> None:
    a, b = images(1, 3, 0), images(1, 3, 1)
    product = lambda x, y: np.einsum("hwc,ijc->hwij", x[..., 0].numpy(), y[..., 0].numpy()) / 2
    expected = layer_by_loops(product(a, b), np.zeros((3, 3, 3, 3)), product(a, a), product(b, b))
    for actual, loops in zip(moments(PositionPairs(), "c", a, b), expected, strict=True):
        close(actual[..., 0, 0].permute(0, 2, 1, 3), torch.tensor(loops), 1e-12)


def test_equal_positions_are_the_diagonal_of_all_pairs() -> None:
    a, b = images(3, 5, 0), images(2, 5, 1)
    few, all_pairs = (moments(layout, "cc", a, b) for layout in (EqualPositions(), PositionPairs()))
    for equal, pairs in zip(few, all_pairs, strict=True):
        close(torch.einsum("hhwwab->hwab", pairs), equal, 1e-12)
        close(PositionPairs().flatten(pairs), EqualPositions().flatten(equal), 1e-12)


def test_pooling_pairs_is_the_covariance_of_pooled_images() -> None:
    a, b = images(2, 5, 0), images(3, 5, 1)  # an odd side: the last row and column are dropped
    halve = lambda x: torch.nn.functional.avg_pool2d(x.permute(3, 2, 0, 1), 2).permute(2, 3, 1, 0)
    close(pool(PositionPairs().between(a, b)), PositionPairs().between(halve(a), halve(b)), 1e-12)


@pytest.mark.parametrize(("layout", "shape"), [(EqualPositions(), (4, 3, 2)), (PositionPairs(), (3, 3, 2, 2, 2))])
def test_convolutions_have_slopes_and_slopes_of_slopes(layout, shape) -> None:
    covariance = torch.randn(shape, generator=Rng(0).torch(), dtype=torch.float64, requires_grad=True)
    squares = lambda covariance: layout.convolve(covariance).square()
    assert torch.autograd.gradcheck(squares, covariance)
    assert torch.autograd.gradgradcheck(squares, covariance)
