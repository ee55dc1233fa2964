"""ResNet18: the sizes of the paper's networks, both ways to shrink, its composition."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torchvision.models import resnet18

from condenset.core.errors import RequestError, UnknownNameError
from condenset.core.rng import Rng
from condenset.nets.resnet import ResidualBlock, ResNet18
from tests.conftest import close, golden
from tests.networks import drawn


@pytest.mark.parametrize(
    ("released", "name"),
    [
        ("ResNet18", "resnet"),
        ("ResNet18BN", "resnet:norm=batch"),
        ("ResNet18BN_AP", "resnet:norm=batch,shrink=pool"),
    ],
)
@pytest.mark.parametrize(("data", "shape"), [("grey28", (1, 28, 28)), ("rgb32", (3, 32, 32))])
def test_parameter_count_of_the_paper(released: str, name: str, data: str, shape: tuple[int, ...]) -> None:
    expected = golden("images/param_counts")[f"{released}.{data}"]
    assert drawn(name, shape, 10, Rng(0)).flat().numel() == int(expected)


def test_a_narrow_one_has_as_many_channels_less_everywhere() -> None:
    narrow, wide = (
        drawn(name, (3, 16, 16), 10, Rng(0)) for name in ("resnet:width=16,norm=batch", "resnet:norm=batch")
    )
    assert narrow.parameters.keys() == wide.parameters.keys()
    for name, value in narrow.parameters.items():
        if value.dim() == 4:
            assert 4 * len(value) == len(wide.parameters[name]), name
    assert narrow(torch.zeros(2, 3, 16, 16)).embedding.shape == (2, 128)


def test_strided_batch_norm_network_is_torchvisions_with_a_small_stem() -> None:
    theirs = resnet18(num_classes=4)
    theirs.conv1 = torch.nn.Conv2d(3, 64, 3, padding=1, bias=False)
    theirs.maxpool = torch.nn.Identity()
    ours = ResNet18((3, 16, 16), 4, norm="batch")
    values = list(theirs.state_dict().values())
    names = list(ours.state_dict())
    assert [v.shape for v in values] == [v.shape for v in ours.state_dict().values()]
    ours.load_state_dict(dict(zip(names, values, strict=True)))
    images = torch.randn(2, 3, 16, 16, generator=Rng(1).torch())
    close(ours.eval()(images).logits, theirs.eval()(images), 1e-5)


def test_pooled_block_averages_before_its_second_convolution() -> None:
    block = ResidualBlock((2, 7, 7), 3, divisor=2, stride=1, norm="none")
    maps = torch.randn(2, 2, 7, 7, generator=Rng(1).torch())
    inner = F.avg_pool2d(F.conv2d(maps, block.conv1.weight, padding=1).relu(), 2)
    shortcut = F.avg_pool2d(F.conv2d(maps, block.shortcut[0].weight), 2)
    close(block(maps), (F.conv2d(inner, block.conv2.weight, padding=1) + shortcut).relu(), 1e-6)
    assert block.shape == (3, 3, 3)


@pytest.mark.parametrize("norm", ["instance", "layer"])
@pytest.mark.parametrize(("shrink", "features"), [("stride", 512), ("pool", 512 * 3 * 2)])
def test_layers_and_embedding_of_odd_sides(norm: str, shrink: str, features: int) -> None:
    network = drawn(f"resnet:norm={norm},shrink={shrink}", (2, 28, 18), 3, Rng(0))
    output = network(torch.randn(1, 2, 28, 18, generator=Rng(1).torch()))
    assert len(output.layers) == 9
    assert output.embedding.shape == (1, features)
    assert all(layer.min() >= 0 for layer in output.layers)


def test_refusals() -> None:
    with pytest.raises(RequestError, match="at least 16x16 pixels, got 8x8"):
        drawn("resnet", (1, 8, 8), 10, Rng(0))
    with pytest.raises(UnknownNameError, match="did you mean 'pool'"):
        drawn("resnet:shrink=pol", (3, 32, 32), 10, Rng(0))
