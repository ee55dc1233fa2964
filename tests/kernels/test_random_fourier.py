"""The random Fourier kernel: near the Gaussian, the same for a seed, positive semidefinite."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from condenset.core.rng import Rng
from condenset.kernels.kernel import named_kernel
from tests.conftest import close


def images(n: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, 1, 4, 4, generator=Rng(seed).torch(), dtype=torch.float64)


def test_approximates_the_gaussian_of_the_mean_squared_difference() -> None:
    a, b = images(4), images(3, seed=1)
    mean_square = (a[:, None] - b[None]).square().flatten(2).mean(2)
    kernel = named_kernel("random-fourier:count=50000,bandwidth=0.8")
    close(kernel(a, b), torch.exp(-mean_square / (2 * 0.8**2)), 0.05)


def test_the_seed_decides_the_frequencies() -> None:
    x = images(4)
    first, again, other = (named_kernel(f"random-fourier:count=16,seed={seed}")(x, x) for seed in (3, 3, 4))
    assert torch.equal(first, again) and not torch.allclose(first, other)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40))
def test_symmetric_positive_semidefinite_even_above_its_rank(seed, n) -> None:
    x = images(n, seed)
    kernel = named_kernel("random-fourier:count=8")(x, x)
    close(kernel, kernel.T, 1e-12)
    assert torch.linalg.eigvalsh(kernel)[0] >= -1e-10
