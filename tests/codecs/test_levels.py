"""Levels: evenly spaced from the lowest to the highest value of a channel, the nearest of which a value becomes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.codecs.levels import Levels
from condenset.core.errors import ArtifactError
from condenset.core.rng import Rng


def values() -> torch.Tensor:
    return torch.randn(5, 2, 3, 4, generator=Rng(0).torch()) * torch.tensor([1.0, 20.0]).view(2, 1, 1)


@pytest.mark.parametrize("bits", [1, 3, 8])
def test_a_value_becomes_the_nearest_of_evenly_spaced_ones(bits: int) -> None:
    some = values()
    levels = Levels.across(some, bits)
    found = levels.values(levels.nearest(some, bits))
    for channel in range(2):
        own = some[:, channel].double().numpy()
        grid = np.linspace(own.min(), own.max(), 2**bits)
        nearest = grid[np.abs(own[..., None] - grid).argmin(-1)]
        np.testing.assert_allclose(found[:, channel].numpy(), nearest, atol=1e-5 * np.abs(grid).max())


def test_values_beyond_the_ends_take_the_ends_and_still_learn() -> None:
    levels = Levels(torch.tensor([0.5]), torch.tensor([-1.0]))
    some = torch.tensor([[-7.0, 0.1, 9.0]]).T.requires_grad_()
    found = levels.rounded(some, 2)
    assert found.flatten().tolist() == [-1.0, 0.0, 0.5]
    found.sum().backward()
    assert torch.equal(some.grad, torch.ones(3, 1))


def test_a_channel_of_one_value_keeps_it() -> None:
    some = torch.full((3, 1, 2, 2), 0.7)
    levels = Levels.across(some, 4)
    assert torch.equal(levels.values(levels.nearest(some, 4)), some)


def test_levels_of_other_channels_are_refused() -> None:
    tensors = {"levels.scale": torch.ones(3), "levels.shift": torch.ones(1)}
    with pytest.raises(ArtifactError, match="levels of 3 and 1 channels: the images have 3"):
        Levels.restored(tensors, 3)
    with pytest.raises(ArtifactError, match=r"'levels.shift' is missing"):
        Levels.restored({"levels.scale": torch.ones(3)}, 3)
