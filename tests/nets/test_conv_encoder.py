"""The small encoder: its layers by those of PyTorch, pictures of any sides, vectors as wide as the last block."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from condenset.nets.conv_encoder import ConvEncoder
from tests.examples import normal


def test_vectors_are_the_means_of_the_last_maps() -> None:
    encoder, images = ConvEncoder((4, 6)).eval(), normal(5, 3, 10, 8)
    state = encoder.state_dict()
    first = F.relu(F.conv2d(images, state["blocks.0.0.weight"], stride=2, padding=1) / (1 + 1e-5) ** 0.5)
    maps = F.conv2d(F.avg_pool2d(first, 2), state["blocks.1.0.weight"], padding=1)
    torch.testing.assert_close(encoder(images), F.relu(maps / (1 + 1e-5) ** 0.5).mean((2, 3)))


def test_pictures_of_any_sides_are_read_alone_as_among_others() -> None:
    encoder = ConvEncoder((4, 8, 16)).eval()
    for sides in ((8, 8), (28, 28), (33, 20)):
        images = normal(3, 3, *sides)
        assert encoder(images).shape == (3, 16)
        torch.testing.assert_close(encoder(images[1:2]), encoder(images)[1:2], rtol=1e-4, atol=1e-6)
