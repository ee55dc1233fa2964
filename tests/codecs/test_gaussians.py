"""Gaussians: their sum against SciPy's densities, the fit to real images, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from condenset.codecs.gaussians import Gaussians, Spots
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.tasks.image import open_images

TASK = open_images("digits")


def test_an_image_is_a_colour_and_the_sum_of_its_gaussians() -> None:
    form = Spots((2, 4, 5), 3)
    numbers = 0.5 + torch.rand(2, form.numbers, generator=Rng(0).torch())
    down, across = np.meshgrid(np.linspace(-1, 1, 4), np.linspace(-1, 1, 5), indexing="ij")
    for row, image in zip(numbers.double().numpy(), form(numbers).numpy(), strict=True):
        expected = np.zeros((2, 4, 5)) + row[:2, None, None]
        for spot in row[2:].reshape(3, 7):
            triangle = np.array([[spot[2], 0], [spot[3], spot[4]]])
            density = multivariate_normal(spot[:2], np.linalg.inv(triangle.T @ triangle))
            share = density.pdf(np.stack([down, across], -1)) / density.pdf(spot[:2])
            expected += spot[5:, None, None] * share
        np.testing.assert_allclose(image, expected, atol=1e-4)


def test_bytes_are_those_of_background_places_forms_and_colours() -> None:
    assert Gaussians.item_bytes(Leaf((1, 28, 28)), 10) == 4 * (1 + 10 * 6)
    assert Gaussians.item_bytes(Leaf((3, 32, 32)), 10) == 4 * (3 + 10 * 8)


def test_it_begins_at_the_mean_colour_with_gaussians_all_over() -> None:
    images = torch.rand(2, 3, 8, 8, generator=Rng(0).torch())
    form = Spots((3, 8, 8), 16)
    numbers = form.begin(images)
    assert torch.allclose(form(numbers), images.mean((2, 3), keepdim=True).expand_as(images), atol=1e-6)
    centres = numbers[0, 3:].unflatten(0, (16, 8))[:, :2]
    quarters = (centres > 0).long() @ torch.tensor([2, 1])
    assert quarters.bincount().min() >= 3 and centres.abs().max() <= 1


def test_real_images_are_fitted_better_the_more_there_are() -> None:
    some = TASK.train.all().inputs[:10]
    errors = [float((Gaussians.encode(some, TASK, count=n).stored()() - some).square().mean()) for n in (2, 10)]
    variance = float((some - some.mean((2, 3), keepdim=True)).square().mean())
    assert errors[1] < 0.1 * variance and errors[1] < 0.3 * errors[0] and errors[0] < variance


def test_requests_that_do_not_fit_are_refused() -> None:
    with pytest.raises(RequestError, match="0 Gaussians"):
        Gaussians.item_bytes(TASK.input_spec, count=0)
    with pytest.raises(RequestError, match="0 Gaussians"):
        Gaussians.encode(torch.zeros(2, 1, 8, 8), TASK, count=0)
    with pytest.raises(RequestError, match="use codec raw"):
        Gaussians.encode(torch.zeros(2, 8), TASK)


@pytest.mark.parametrize("change", [{"count": 3}, {"count": 0}, {"count": None}, {"input_shape": [3, 8, 8]}])
def test_fields_that_do_not_fit_are_refused(change: dict[str, Any]) -> None:
    stored = Gaussians.encode(torch.zeros(2, 1, 8, 8), TASK, fit=1).stored()
    with pytest.raises(ArtifactError):
        Gaussians.restore(stored.fields() | change, stored.state_dict())
