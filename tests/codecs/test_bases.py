"""Bases: decoding against NumPy and torchvision's bilinear resize, the best approximation at the start, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torchvision.transforms.functional import InterpolationMode, resize

from condenset.codecs.bases import Bases
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.registries import CODECS
from condenset.core.rng import Rng
from condenset.tasks.image import open_images
from tests.conftest import close


def normal(*shape: int, name: str = "x") -> torch.Tensor:
    return torch.randn(shape, generator=Rng(0).child(name).torch())


def made() -> Bases:
    return Bases(normal(6, 3), normal(3, 2, 4, 5, name="bases"), (8, 9), images=2)


def test_an_image_is_the_enlarged_sum_of_the_bases() -> None:
    codec = made()
    small = np.einsum("db,bcrs->dcrs", codec.coefficients.detach().numpy(), codec.bases.detach().numpy())
    expected = resize(torch.from_numpy(small), [8, 9], InterpolationMode.BILINEAR, antialias=False)
    close(codec(), expected, 1e-5)
    assert codec.origin().tolist() == [0, 0, 1, 1, 2, 2]


def test_examples_begin_at_their_best_approximation_by_so_many_bases() -> None:
    """Eckart and Young: what is left out has the norm of the singular values that are left out."""
    images = normal(10, 1, 8, 8)
    small = F.avg_pool2d(images, 2)
    codec = Bases.encode(images, open_images("digits"), count=3, shrink=2, images=5)
    found = torch.einsum("db,bcrs->dcrs", codec.coefficients, codec.bases)
    values = np.linalg.svd(small.flatten(1).double().numpy(), compute_uv=False)
    assert float((found - small).detach().norm()) == pytest.approx(np.sqrt((values[3:] ** 2).sum()), rel=1e-4)
    close(codec.bases.square().mean((1, 2, 3)), torch.ones(3), 1e-5)
    assert Bases.examples_per_item(count=3, shrink=2, images=5) == 5
    assert codec.origin().tolist() == [0] * 5 + [1] * 5


def test_descent_at_a_rate_for_pixels_moves_them_as_far_where_the_bases_lead() -> None:
    codec = Bases.encode(normal(10, 1, 8, 8), open_images("digits"), count=3, shrink=1, images=5)
    before = codec()
    along = codec.bases[1].detach().expand_as(before)  # which they can draw
    codec.coefficients.data += torch.autograd.grad(before, codec.coefficients, along)[0]
    close(codec() - before, along, 1e-4)


def test_sides_that_the_reduction_does_not_divide_come_back_in_their_size() -> None:
    codec = Bases.encode(normal(6, 3, 7, 9), open_images("digits"), count=4)
    assert codec.bases.shape == (4, 3, 4, 5)
    assert codec().shape == (6, 3, 7, 9)


def test_both_groups_are_learnt_apart() -> None:
    codec = made()
    assert {name: [tuple(p.shape) for p in group] for name, group in codec.parameter_groups().items()} == {
        "data": [(6, 3)], "bases": [(3, 2, 4, 5)]
    }  # fmt: skip


def test_it_is_restored_exactly_from_what_it_stores() -> None:
    codec = made()
    again = CODECS.get("bases").restore(codec.fields(), codec.state_dict())
    assert torch.equal(again(), codec())
    assert again.fields() == codec.fields() == {"size": [8, 9], "images": 2}


def test_requests_that_do_not_fit_are_refused() -> None:
    with pytest.raises(RequestError, match="use codec raw"):
        Bases.encode(normal(4, 8), open_images("digits"))
    with pytest.raises(RequestError, match="5 bases for 4 images of 16 numbers"):
        Bases.encode(normal(4, 1, 8, 8), open_images("digits"), count=5)


@pytest.mark.parametrize(
    "change",
    [{"images": 4}, {"images": 0}, {"images": None}, {"size": [8]}, {"size": [3, 9]}, {"size": [800, 9]}, {"size": 8}],
)
def test_fields_that_do_not_fit_are_refused(change: dict[str, Any]) -> None:
    codec = made()
    with pytest.raises(ArtifactError):
        Bases.restore(codec.fields() | change, codec.state_dict())


def test_coefficients_of_other_bases_are_refused() -> None:
    with pytest.raises(ArtifactError, match="of 2 bases: found 3"):
        Bases.restore(made().fields(), {"coefficients": normal(6, 2), "bases": normal(3, 2, 4, 5)})
