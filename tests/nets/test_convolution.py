"""The ways that compiled grey images take through a convolution and its block, against the plain ones."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from condenset.nets.convolution import Conv2d, ConvolutionBlock
from condenset.nets.layers import normalisation
from tests.conftest import close
from tests.examples import normal


@pytest.mark.parametrize("padding", [0, 1, 3])
@pytest.mark.parametrize("bias", [True, False])
def test_a_grey_convolution_is_a_product_when_compiled(
    padding: int, bias: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    convolution = Conv2d(1, 4, (3, 5), padding=padding, bias=bias)
    images = normal(2, 1, 9, 8)
    expected = convolution(images)
    monkeypatch.setattr(torch.compiler, "is_compiling", lambda: True)
    found = convolution(images)
    assert found.is_contiguous(memory_format=torch.channels_last)
    close(found, expected, 1e-5)


def grey_block(norm: str) -> ConvolutionBlock:
    """With parameters that are all different, six filters of 3x3 for images of 9x8 pixels."""
    torch.manual_seed(0)
    block = ConvolutionBlock(Conv2d(1, 6, 3, padding=3), normalisation(norm, (6, 13, 12)), nn.ReLU())
    for name, parameter in block.named_parameters():
        if name.startswith("norm"):
            parameter.data.normal_(1, 0.5)
    return block.double()


def maps_and_gradients(block: ConvolutionBlock, images: Tensor) -> list[Tensor]:
    """The block's maps and a cubic function's gradients by the images and every parameter."""
    images = images.clone().requires_grad_()
    maps = block(images)
    return [maps, *torch.autograd.grad(maps.pow(3).sum(), [images, *block.parameters()])]


@pytest.mark.parametrize("norm", ["instance", "batch"])
def test_a_compiled_block_of_grey_images_gives_the_plain_maps_and_gradients(
    norm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    block, images = grey_block(norm), normal(3, 1, 9, 8).double() + 2
    expected = maps_and_gradients(block, images)
    monkeypatch.setattr(torch.compiler, "is_compiling", lambda: True)
    monkeypatch.setattr(Tensor, "float", Tensor.double)  # statistics, too, so that rounding is out of the way
    found = maps_and_gradients(block, images)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9)  # biases before a normalisation have no gradient


@pytest.mark.parametrize("brightness", [0.0, 1.0, 1e4])
def test_images_without_contrast_stay_finite_when_compiled(brightness: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their maps vary at the border alone, or nowhere, where rounding could take a variance below zero."""
    block, images = grey_block("instance").float(), torch.full((2, 1, 9, 8), brightness)
    block.conv.weight.data[0] -= block.conv.weight.data[0].mean()
    expected = block(images)
    monkeypatch.setattr(torch.compiler, "is_compiling", lambda: True)
    found = block(images)
    close(found, expected, 1e-4)
    (slope,) = torch.autograd.grad(found.sum(), [block.conv.weight])
    assert slope.isfinite().all()
