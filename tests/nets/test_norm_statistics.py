"""What batch normalisations see and keep, against NumPy and against PyTorch's own running statistics."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.nets.layer_inputs import with_norm_statistics
from tests.conftest import close
from tests.examples import double, normal
from tests.networks import drawn

SHAPE = (1, 8, 8)
NETWORK = double(drawn("convnet:width=4,depth=2,norm=batch", SHAPE, 3, Rng(0)))
IMAGES = normal(6, *SHAPE).double()


def test_the_first_normalisation_sees_the_convolutions_maps_and_the_output_is_the_networks() -> None:
    output, layers = with_norm_statistics(NETWORK.evaluating(), IMAGES)
    weight, bias = NETWORK.parameters["blocks.0.conv.weight"], NETWORK.parameters["blocks.0.conv.bias"]
    maps = torch.nn.functional.conv2d(IMAGES, weight, bias, padding=3).numpy()
    assert len(layers) == 2
    close(layers[0].mean, torch.from_numpy(np.mean(maps, axis=(0, 2, 3))), 1e-12)
    close(layers[0].variance, torch.from_numpy(np.var(maps, axis=(0, 2, 3))), 1e-12)
    close(output.logits, NETWORK.evaluating()(IMAGES).logits, 1e-12)


def test_looking_leaves_nothing_behind() -> None:
    before = {name: buffer.clone() for name, buffer in NETWORK.buffers.items()}
    _, first = with_norm_statistics(NETWORK.evaluating(), IMAGES)
    NETWORK.evaluating()(IMAGES)
    assert len(first) == 2, "a later pass of the same network was looked at, too"
    assert all(torch.equal(before[name], buffer) for name, buffer in NETWORK.buffers.items())


def test_a_network_without_batch_normalisation_is_refused_with_one_that_has() -> None:
    plain = drawn("convnet:width=4,depth=1", SHAPE, 3, Rng(0))
    with pytest.raises(RequestError, match="network=convnet:norm=batch"):
        with_norm_statistics(plain, IMAGES.float())
