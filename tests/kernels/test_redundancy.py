"""Redundancy of two views: correlations by NumPy, and where it is least."""

from __future__ import annotations

import numpy as np
import torch

from condenset.kernels.redundancy import redundancy
from tests.examples import normal


def test_it_is_that_of_numpys_correlations() -> None:
    first, second = normal(40, 5), normal(40, 5, seed=1)
    correlations = np.corrcoef(first.numpy(), second.numpy(), rowvar=False)[:5, 5:]
    beside = np.square(correlations).sum() - np.square(np.diag(correlations)).sum()
    expected = np.square(1 - np.diag(correlations)).sum() + 0.3 * beside
    np.testing.assert_allclose(redundancy(first, second, 0.3).item(), expected, rtol=1e-3)


def test_it_is_least_where_views_agree_and_numbers_tell_different_things() -> None:
    """Scale and place of a number do not count, a number that never changes does."""
    apart = torch.linalg.qr(normal(64, 4) - normal(64, 4).mean(0)).Q * 8
    assert redundancy(apart, 3 * apart - 7) < 0.01
    twice = apart[:, [0, 0, 1, 1]]
    assert redundancy(twice, twice) > redundancy(apart, apart) + 0.015
    assert redundancy(torch.ones(64, 4), torch.ones(64, 4)) == 4
