"""LeNet: the sizes of the paper's network, small images, its composition."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from tests.conftest import close, golden
from tests.networks import drawn


@pytest.mark.parametrize(("name", "shape"), [("grey28", (1, 28, 28)), ("rgb32", (3, 32, 32))])
def test_parameter_count_of_the_paper(name: str, shape: tuple[int, ...]) -> None:
    expected = golden("images/param_counts")[f"LeNet.{name}"]
    assert drawn("lenet", shape, 10, Rng(0)).flat().numel() == int(expected)


def test_forward_is_its_five_layers() -> None:
    network = drawn("lenet", (1, 28, 28), 10, Rng(0))
    images = torch.randn(2, 1, 28, 28, generator=Rng(1).torch())
    p = network.parameters
    x = images
    for index, padding in ((0, 2), (1, 0)):
        x = F.conv2d(x, p[f"blocks.{index}.conv.weight"], p[f"blocks.{index}.conv.bias"], padding=padding)
        x = F.max_pool2d(x.relu(), 2)
    x = x.flatten(1)
    for index in range(2):
        x = F.linear(x, p[f"hidden.{index}.weight"], p[f"hidden.{index}.bias"]).relu()
    output = network(images)
    close(output.embedding, x, 1e-6)
    close(output.logits, F.linear(x, p["classifier.weight"], p["classifier.bias"]), 1e-6)
    assert [tuple(layer.shape[1:]) for layer in output.layers] == [(6, 28, 28), (16, 10, 10), (120,), (84,)]


@pytest.mark.parametrize(("shape", "smaller"), [((1, 12, 12), (1, 11, 12)), ((3, 16, 20), (3, 15, 20))])
def test_smallest_images(shape: tuple[int, ...], smaller: tuple[int, ...]) -> None:
    assert drawn("lenet", shape, 2, Rng(0))(torch.zeros(1, *shape)).logits.shape == (1, 2)
    with pytest.raises(RequestError, match=f"at least {shape[1]}x{shape[1]} pixels"):
        drawn("lenet", smaller, 2, Rng(0))
