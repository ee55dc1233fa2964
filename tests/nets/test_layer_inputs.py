"""What layers read, against the convolutions done by hand."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.nets.layer_inputs import layer_inputs
from tests.conftest import close
from tests.examples import normal
from tests.networks import drawn

SHAPE = (3, 8, 8)
NETWORK = drawn("convnet:width=4,depth=2,norm=batch", SHAPE, 5, Rng(0)).evaluating()
IMAGES = normal(6, *SHAPE)


def test_in_the_order_in_which_they_read() -> None:
    output, layers = layer_inputs(NETWORK, IMAGES, convolutions=True)
    weight, bias = NETWORK.parameters["blocks.0.conv.weight"], NETWORK.parameters["blocks.0.conv.bias"]
    assert [tuple(maps.shape) for maps in layers] == [(6, 3, 8, 8), (6, 4, 8, 8), (6, 4, 4, 4), (6, 4, 4, 4)]
    assert torch.equal(layers[0], IMAGES)
    close(layers[1], torch.nn.functional.conv2d(IMAGES, weight, bias, padding=1), 1e-5)
    close(output.logits, NETWORK(IMAGES).logits, 1e-6)


def test_convolutions_can_be_left_out_and_nothing_stays_behind() -> None:
    _, layers = layer_inputs(NETWORK, IMAGES, convolutions=False)
    NETWORK(IMAGES)
    assert [maps.shape[1] for maps in layers] == [4, 4]


def test_a_network_without_such_layers_has_none() -> None:
    plain = drawn("convnet:width=4,depth=1", SHAPE, 5, Rng(0))
    assert layer_inputs(plain, IMAGES, convolutions=False)[1] == []
