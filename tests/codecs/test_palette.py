"""Palette: few colours an image, the stored bytes, how colours and pixels are learnt, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from condenset.codecs.bits import unpacked
from condenset.codecs.palette import LearntPalette, Palette
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.tasks.image import open_images

TASK = open_images("digits")


def images(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=Rng(0).torch())


def test_an_image_of_so_many_colours_is_kept_and_takes_its_bytes() -> None:
    colours = torch.tensor([[0.0, 1.0, 0.2], [1.0, 0.0, 0.4], [0.6, 0.8, 0.0], [0.2, 0.4, 1.0]])
    image = colours[torch.randint(4, (5, 35), generator=Rng(1).torch())].mT.unflatten(2, (5, 7))
    stored = Palette.encode(image, TASK, 4).stored()
    assert torch.allclose(stored(), image, atol=1 / 510 + 1e-6)  # a colour takes the nearest of 256 levels
    held = sum(tensor.numel() * tensor.element_size() for tensor in stored.state_dict().values())
    item, shared = Palette.item_bytes(Leaf((3, 5, 7)), 4), Palette.shared_bytes(Leaf((3, 5, 7)), 4)
    assert item == 4 * 3 + 9 and held == 5 * item + shared  # 35 places of 2 bits are 9 bytes


def test_colours_are_cluster_centres_of_the_pixels_of_an_image() -> None:
    pixels = images(2, 3, 16, 16)
    decoded = Palette.encode(pixels, TASK, 8).stored()()
    for image, found in zip(pixels, decoded, strict=True):
        numbers, owner = found.flatten(1).T.unique(dim=0, return_inverse=True)
        assert len(numbers) == 8
        means = torch.stack([image.flatten(1).T[owner == number].mean(0) for number in range(8)])
        assert torch.allclose(means, numbers, atol=0.05)
        assert (found - image).square().mean() < 0.5 * image.var()


@pytest.mark.parametrize("colours", [2, 16, 256])
def test_what_is_learnt_and_what_is_stored_decode_to_the_same_bits(colours: int) -> None:
    learnt = Palette.encode(images(3, 3, 8, 9), TASK, colours)
    for parameter in learnt.parameters():
        parameter.data += 0.3 * images(*parameter.shape)
    stored = learnt.stored()
    again = Palette.restore(stored.fields(), stored.state_dict())
    assert torch.equal(stored(), learnt()) and torch.equal(again(), learnt())
    assert torch.equal(again(torch.tensor([2, 0])), learnt()[[2, 0]])


def test_every_pixel_has_the_nearest_of_its_colours() -> None:
    learnt = Palette.encode(images(2, 3, 8, 8), TASK, 8)
    stored = learnt.stored()
    colours = stored.levels.values(stored.colours).numpy()
    numbers = unpacked(stored.packed, 3, 64).numpy()
    for image, own, found in zip(learnt.data.detach().flatten(2).numpy(), colours, numbers, strict=True):
        distances = np.square(image[:, :, None] - own[:, None]).sum(0)
        assert np.array_equal(distances.argmin(1), found)


def test_descent_moves_colours_by_the_mean_of_what_their_pixels_ask_for() -> None:
    """Four pixels a colour, as many as there are on average: a step of rate 1 brings each to the mean of its goals."""
    image = torch.tensor([[0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]]).view(1, 1, 2, 4)
    learnt: LearntPalette = Palette.encode(image, TASK, 2)
    goal = image + torch.tensor([0.1, 0.2, 0.3, 0.4, -0.2, -0.2, -0.4, -0.4]).view(1, 1, 2, 4)
    (0.5 * (learnt() - goal).square().sum()).backward()
    with torch.no_grad():
        learnt.colours -= learnt.colours.grad
        learnt.data -= learnt.data.grad
    colours = (learnt.colours / 2).flatten().sort().values
    assert torch.allclose(colours, torch.tensor([0.25, 0.7]), atol=1e-6)
    assert torch.allclose(learnt.data, goal)


def test_requests_that_do_not_fit_are_refused() -> None:
    for colours in (0, 1, 3, 512):
        with pytest.raises(RequestError, match=f"a palette has {colours} colours: expected one of 2, 4, 8"):
            Palette.encode(images(4, 1, 8, 8), TASK, colours)
    with pytest.raises(RequestError, match="a palette has 3 colours"):
        Palette.item_bytes(TASK.input_spec, 3)
    with pytest.raises(RequestError, match="use codec raw"):
        Palette.encode(images(4, 8), TASK)


@pytest.mark.parametrize(
    ("tensors", "shape"),
    [
        ({}, [1, 8, 9]),
        ({}, [2, 8, 8]),
        ({}, None),
        ({"colours": torch.zeros(4, 1, 3, dtype=torch.uint8)}, [1, 8, 8]),
        ({"colours": torch.zeros(3, 1, 4, dtype=torch.uint8)}, [1, 8, 8]),
        ({"colours": torch.zeros(4, 1, 4, dtype=torch.int64)}, [1, 8, 8]),
        ({"packed": torch.zeros(4, 15, dtype=torch.uint8)}, [1, 8, 8]),
        ({"levels.scale": torch.zeros(2)}, [1, 8, 8]),
    ],
)
def test_tensors_that_do_not_fit_are_refused(tensors: dict[str, torch.Tensor], shape: Any) -> None:
    stored = Palette.encode(images(4, 1, 8, 8), TASK, 4).stored()
    with pytest.raises(ArtifactError):
        Palette.restore({"input_shape": shape}, stored.state_dict() | tensors)
