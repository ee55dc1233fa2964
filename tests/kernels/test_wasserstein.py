"""The sliced Wasserstein distance: of a moved cloud in closed form, and against SciPy's along one direction."""

from __future__ import annotations

import pytest
import torch
from scipy.stats import wasserstein_distance

from condenset.core.rng import Rng
from condenset.kernels.wasserstein import sliced_wasserstein


def cloud(seed: int, d: int) -> torch.Tensor:
    return torch.randn(200, d, generator=Rng(seed).torch())


def test_of_a_moved_cloud_it_is_the_squared_way_whatever_the_order() -> None:
    points, way = cloud(0, 3), torch.tensor([3.0, 0.0, 4.0])
    moved = (points + way)[torch.randperm(200, generator=Rng(1).torch())]
    assert sliced_wasserstein(points, moved, Rng(2).torch()).item() == pytest.approx(25, rel=0.25)
    assert sliced_wasserstein(points, points.flip(0), Rng(2).torch()).item() == pytest.approx(0, abs=1e-9)


def test_in_one_dimension_it_is_scipys_of_clouds_that_only_move_one_way() -> None:
    points = cloud(0, 1)
    stretched = 2 * points.abs() + points  # sorted places move up by what they are apart
    ways = (stretched.sort(0).values - points.sort(0).values).flatten()
    found = sliced_wasserstein(points, stretched, Rng(2).torch()).item()
    assert found == pytest.approx(ways.square().mean().item(), rel=1e-5)
    assert wasserstein_distance(points.flatten(), stretched.flatten()) == pytest.approx(
        ways.abs().mean().item(), rel=1e-5
    )
