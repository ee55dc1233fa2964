"""The curriculum of crops: how small they may be at which part of the run."""

from __future__ import annotations

import pytest
import torch

from condenset.core.rng import Rng
from condenset.objectives.zoom import Zoom


def test_the_least_share_falls_along_a_cosine() -> None:
    zoom = Zoom(smallest=0.08)
    found = [zoom.least(progress) for progress in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert found == pytest.approx([1.0, 0.08 + 0.92 * 0.8535534, 0.54, 0.08 + 0.92 * 0.1464466, 0.08])


def test_it_may_end_early_or_be_small_from_the_beginning() -> None:
    assert Zoom(0.1, until=0.5).least(0.25) == pytest.approx(0.55)
    assert Zoom(0.1, until=0.5).least(0.5) == 0.1
    assert Zoom(0.1, until=0.0).least(0.0) == 0.1


def test_the_stream_decides() -> None:
    images = torch.rand(4, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    found, again, other = (Zoom()(images, 1.0, Rng(seed)) for seed in (0, 0, 1))
    assert found.shape == images.shape
    assert torch.equal(found, again)
    assert not torch.equal(found, other)
