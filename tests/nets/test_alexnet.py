"""AlexNet: the sizes of the paper's networks, small images, its composition."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from tests.conftest import close, golden
from tests.networks import drawn


@pytest.mark.parametrize(("released", "name"), [("AlexNet", "alexnet"), ("AlexNetBN", "alexnet:norm=batch")])
@pytest.mark.parametrize(("data", "shape"), [("grey28", (1, 28, 28)), ("rgb32", (3, 32, 32))])
def test_parameter_count_of_the_paper(released: str, name: str, data: str, shape: tuple[int, ...]) -> None:
    expected = golden("images/param_counts")[f"{released}.{data}"]
    assert drawn(name, shape, 10, Rng(0)).flat().numel() == int(expected)


def test_forward_is_its_five_convolutions() -> None:
    network = drawn("alexnet", (3, 16, 16), 4, Rng(0))
    images = torch.randn(2, 3, 16, 16, generator=Rng(1).torch())
    x, p = images, network.parameters
    for index, (padding, pooled) in enumerate([(2, True), (2, True), (1, False), (1, False), (1, True)]):
        x = F.conv2d(x, p[f"blocks.{index}.conv.weight"], p[f"blocks.{index}.conv.bias"], padding=padding).relu()
        x = F.max_pool2d(x, 2) if pooled else x
    output = network(images)
    close(output.embedding, x.flatten(1), 1e-6)
    assert [layer.shape[1:] for layer in output.layers] == [
        (128, 16, 16),
        (192, 8, 8),
        (256, 4, 4),
        (192, 4, 4),
        (192, 4, 4),
    ]


def test_smallest_images() -> None:
    assert drawn("alexnet", (1, 8, 8), 2, Rng(0))(torch.zeros(1, 1, 8, 8)).logits.shape == (1, 2)
    with pytest.raises(RequestError, match="at least 8x8 pixels, got 7x9"):
        drawn("alexnet", (1, 7, 9), 2, Rng(0))
