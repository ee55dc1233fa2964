"""Choosing patches and laying them out, pixel by pixel."""

from __future__ import annotations

import pytest
import torch

from condenset.kernels.patches import cropped, easiest, mosaic, padded


def test_the_easiest_are_found_in_order() -> None:
    losses = torch.tensor([[3.0, 1.0], [0.5, 2.0], [4.0, 5.0], [0.9, 0.7]])
    images, crops = easiest(losses, 3)
    assert images.tolist() == [1, 3, 0]
    assert crops.tolist() == [0, 1, 1]


@pytest.mark.parametrize(("side", "before", "after"), [(4, 1, 1), (5, 1, 2), (2, 0, 0)])
def test_padding_is_around_the_middle(side: int, before: int, after: int) -> None:
    patches = torch.arange(1.0, 5.0).view(1, 1, 2, 2)
    found = padded(patches, side, side)
    assert torch.equal(found[:, :, before : before + 2, before : before + 2], patches)
    assert found.shape[2:] == (side, side) and found.sum() == patches.sum()
    assert before + after + 2 == side


def test_a_mosaic_has_a_patch_in_every_place() -> None:
    """Eight patches of one colour make two images; 5 pixels are 3 and 2."""
    patches = torch.arange(8.0).view(8, 1, 1, 1).expand(8, 1, 2, 2)
    found = mosaic(patches, 2, 5, 4)
    for number in range(2):
        image = found[number, 0]
        assert torch.equal(image[:3, :2], torch.full((3, 2), 0.0 + number))
        assert torch.equal(image[:3, 2:], torch.full((3, 2), 2.0 + number))
        assert torch.equal(image[3:, :2], torch.full((2, 2), 4.0 + number))
        assert torch.equal(image[3:, 2:], torch.full((2, 2), 6.0 + number))


def test_a_single_patch_in_its_own_size_is_the_image() -> None:
    patches = torch.rand(3, 2, 5, 7, generator=torch.Generator().manual_seed(0))
    assert torch.equal(mosaic(patches, 1, 5, 7), patches)


def test_a_square_of_all_of_an_image_is_the_image_and_smaller_ones_are_parts_of_it() -> None:
    """Of an image that grows to the right, a square of a share of the area spans the root of that share."""
    ramp = torch.linspace(-1, 1, 32).expand(400, 1, 32, 32).contiguous()
    generator = torch.Generator().manual_seed(0)
    assert torch.allclose(cropped(ramp, 1.0, generator, 32, 32), ramp, atol=1e-5)
    parts = cropped(ramp, 0.25, generator, 32, 32)[:, 0, 0]
    spans = (parts[:, -1] - parts[:, 0]) / 2
    assert 0.45 < spans.min() < 0.55 and 0.95 < spans.max() <= 1.0
    assert abs((spans.square().mean() - 0.625).item()) < 0.06, "shares are uniform in [0.25, 1]"
    assert parts[:, 0].min() < -0.98 and parts[:, -1].max() > 0.98, "they reach both borders"
    assert cropped(ramp, 0.25, generator, 16, 8).shape == (400, 1, 16, 8)
