"""Parametric images: fitted alone and alike each time, learnt at the pace of pixels, stored as they are."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from condenset.codecs.gaussians import Gaussians, Spots
from condenset.codecs.neural_field import NeuralField, Siren
from condenset.codecs.parametric import LearntParametric, learnt, places, restored, scale_of, whole
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng
from condenset.tasks.image import open_images

TASK = open_images("digits")
FORMS = [(NeuralField, Siren((2, 5, 6), 2, 4)), (Gaussians, Spots((2, 5, 6), 3))]
forms = pytest.mark.parametrize(("kind", "form"), FORMS)


def images(*shape: int) -> torch.Tensor:
    return torch.rand(shape, generator=Rng(0).torch())


@forms
def test_an_image_is_fitted_alone_and_always_alike(kind: Any, form: Any) -> None:
    some = images(3, 2, 5, 6)
    first = learnt(kind, form, some, 40, 0.01)()
    assert torch.equal(learnt(kind, form, some, 40, 0.01)(), first)
    assert torch.allclose(learnt(kind, form, some[1:2], 40, 0.01)(), first[1:2], atol=1e-2)


@forms
def test_a_step_is_no_longer_in_pixels_than_that_of_pixels(kind: Any, form: Any) -> None:
    """Of the numbers as they are learnt all squared derivatives sum to about 1, by autograd one by one."""
    numbers = learnt(kind, form, images(6, 2, 5, 6), 40, 0.01).stored().data.detach()
    scale = scale_of(form, numbers)
    jacobians = [torch.autograd.functional.jacobian(lambda x: form(x[None]).flatten(), row) for row in numbers]
    squares = [(jacobian / scale).square().sum() for jacobian in jacobians]
    assert float(torch.stack(squares).mean()) == pytest.approx(1, rel=0.25)


@forms
def test_descent_at_a_rate_for_pixels_comes_nearer_to_a_goal(kind: Any, form: Any) -> None:
    made: LearntParametric = learnt(kind, form, images(3, 2, 5, 6), 100, 0.01)
    goal = made().detach().flip(0)
    optimiser = torch.optim.SGD(made.parameter_groups()["data"], lr=1.0)
    losses = []
    for _ in range(200):
        optimiser.zero_grad()
        loss = 0.5 * (made() - goal).square().sum()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0] and max(losses) <= 1.2 * losses[0]


@forms
def test_what_is_learnt_and_what_is_stored_decode_to_the_same_bits(kind: Any, form: Any) -> None:
    made = learnt(kind, form, images(3, 2, 5, 6), 5, 0.01)
    made.data.data += 0.1
    stored = made.stored()
    again = kind.restore(stored.fields(), stored.state_dict())
    assert set(stored.state_dict()) == {"data"} and again.fields() == made.fields()
    assert torch.equal(stored(), made()) and torch.equal(again(), made())


def test_places_are_the_pixels_row_by_row() -> None:
    assert places(2, 3).tolist() == [[-1, -1], [-1, 0], [-1, 1], [1, -1], [1, 0], [1, 1]]
    assert places(1, 2).tolist() == [[0, -1], [0, 1]]


@forms
def test_what_does_not_fit_is_refused(kind: Any, form: Any) -> None:
    with pytest.raises(RequestError, match="fitted in 0 steps"):
        learnt(kind, form, images(3, 2, 5, 6), 0, 0.01)
    with pytest.raises(ArtifactError, match=f"has 7 numbers an image: the card says {form.numbers}"):
        restored(form, {"data": torch.ones(3, 7)})


@pytest.mark.parametrize("value", [0, -1, 2.0, True, "2", None])
def test_fields_that_are_no_numbers_are_refused(value: Any) -> None:
    assert whole({"count": 3}, "count") == 3
    with pytest.raises(ArtifactError, match=r"count .* is impossible"):
        whole({"count": value}, "count")
