"""VGG11: the sizes of the paper's networks, small images, its composition."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from tests.conftest import close, golden
from tests.networks import drawn


@pytest.mark.parametrize(("released", "name"), [("VGG11", "vgg"), ("VGG11BN", "vgg:norm=batch")])
@pytest.mark.parametrize(("data", "shape"), [("grey28", (1, 28, 28)), ("rgb32", (3, 32, 32))])
def test_parameter_count_of_the_paper(released: str, name: str, data: str, shape: tuple[int, ...]) -> None:
    expected = golden("images/param_counts")[f"{released}.{data}"]
    assert drawn(name, shape, 10, Rng(0)).flat().numel() == int(expected)


def test_forward_is_its_eight_convolutions() -> None:
    network = drawn("vgg", (3, 32, 32), 4, Rng(0))
    images = torch.randn(2, 3, 32, 32, generator=Rng(1).torch())
    x, p = images, network.parameters
    for index, pooled in enumerate([True, True, False, True, False, True, False, True]):
        x = F.conv2d(x, p[f"blocks.{index}.conv.weight"], p[f"blocks.{index}.conv.bias"], padding=1)
        x = F.instance_norm(x, eps=1e-5).relu()
        x = F.max_pool2d(x, 2) if pooled else x
    output = network(images)
    close(output.embedding, x.flatten(1), 1e-4)
    assert output.embedding.shape == (2, 512)
    assert [layer.shape[-1] for layer in output.layers] == [32, 16, 8, 8, 4, 4, 2, 2]


@pytest.mark.parametrize(("shape", "smaller"), [((1, 28, 28), (1, 27, 28)), ((3, 32, 64), (3, 31, 64))])
def test_smallest_images(shape: tuple[int, ...], smaller: tuple[int, ...]) -> None:
    assert drawn("vgg", shape, 2, Rng(0))(torch.zeros(1, *shape)).logits.shape == (1, 2)
    with pytest.raises(RequestError, match=f"at least {shape[1]}x{shape[1]} pixels"):
        drawn("vgg", smaller, 2, Rng(0))
