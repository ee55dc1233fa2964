from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.fft import dctn, idctn
from torch import Tensor

from condenset.codecs.frequency import Frequency
from condenset.codecs.multi_formation import MultiFormation
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng
from condenset.tasks.image import open_images


def images(*shape: int) -> Tensor:
    return torch.rand(shape, generator=Rng(0).torch())


def low_passed(examples: Tensor, kept: int) -> Tensor:
    """The examples with nothing but their lowest coefficients, by SciPy, which are found one by one."""
    height, width = examples.shape[2:]
    heights = {(u, v): Fraction(u, height) + Fraction(v, width) for u in range(height) for v in range(width)}
    places = sorted(heights, key=lambda place: (heights[place], place))[:kept]
    spectrum, mask = dctn(examples.numpy(), axes=(2, 3), norm="ortho"), np.zeros((height, width))
    for down, across in places:
        mask[down, across] = 1
    return torch.from_numpy(idctn(spectrum * mask, axes=(2, 3), norm="ortho")).float()


@pytest.mark.parametrize("shape", [(8, 1, 8, 8), (8, 3, 9, 9), (4, 1, 6, 12)])
def test_an_image_comes_back_from_its_lowest_frequencies(shape: tuple[int, int, int, int]) -> None:
    examples = images(*shape)
    codec = Frequency.encode(examples, open_images("digits"))
    kept = shape[2] * shape[3] // 4
    assert codec.data.shape == (shape[0] // 4, 4, shape[1], kept)
    assert torch.allclose(codec(), low_passed(examples, kept), atol=1e-5)


def test_one_image_an_item_is_the_image() -> None:
    examples = images(3, 1, 8, 8)
    assert torch.allclose(Frequency.encode(examples, open_images("digits"), images=1)(), examples, atol=1e-6)


def test_a_step_in_coefficients_is_as_long_in_pixels() -> None:
    codec = Frequency.encode(images(4, 1, 8, 8), open_images("digits"))
    moved = Frequency(codec.data + images(*codec.data.shape), codec.size)
    assert torch.allclose((moved() - codec()).norm(), (moved.data - codec.data).norm(), rtol=1e-5)


def test_real_images_keep_more_than_in_tiles_of_as_many_bytes() -> None:
    task = open_images("digits")
    examples = F.interpolate(task.train.all().inputs[:200], (32, 32), mode="bicubic")
    frequency, tiles = Frequency.encode(examples, task), MultiFormation.encode(examples, task)
    assert frequency.data.numel() == tiles.data.numel()
    order = torch.arange(200).unflatten(0, (-1, 4)).T.flatten()  # a multi-formation decodes tile after tile
    assert (frequency() - examples).square().mean() < 0.7 * (tiles() - examples[order]).square().mean()


def test_images_of_an_item_follow_each_other() -> None:
    levels = torch.arange(8.0)[:, None, None, None].expand(8, 1, 4, 4)
    codec = Frequency.encode(levels, open_images("digits"))
    assert torch.allclose(codec(), levels, atol=1e-5)
    assert codec.origin().tolist() == [0] * 4 + [1] * 4


def test_requests_that_do_not_fit_are_refused() -> None:
    task = open_images("digits")
    with pytest.raises(RequestError, match="5 examples of 8 x 8 do not fill whole items of 4 images"):
        Frequency.encode(images(5, 1, 8, 8), task)
    with pytest.raises(RequestError, match="give images between 1 and 64"):
        Frequency.encode(images(65, 1, 8, 8), task, images=65)
    with pytest.raises(RequestError, match="use codec raw"):
        Frequency.encode(images(4, 8), task)


@pytest.mark.parametrize(
    ("size", "said"),
    [*((size, "impossible") for size in (None, 8, [8], [8, 0], [8, "8"], [8, True])), ([4, 4], "more coefficients")],
)
def test_sizes_that_do_not_fit_are_refused(size: Any, said: str) -> None:
    codec = Frequency.encode(images(4, 1, 8, 8), open_images("digits"))
    with pytest.raises(ArtifactError, match=said):
        Frequency.restore({"size": size}, codec.state_dict())
