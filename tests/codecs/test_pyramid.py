"""Pyramid: levels sum to the images, what is learnt is what is stored, coarse levels move many pixels, refusals."""

from __future__ import annotations

import pytest
import torch

from condenset.codecs.pyramid import LearntPyramid, Pyramid
from condenset.core.errors import RequestError
from condenset.core.registries import CODECS
from condenset.core.spec import Leaf
from condenset.tasks.image import open_images
from tests.examples import normal

TASK = open_images("digits")


def unit(images: torch.Tensor) -> torch.Tensor:
    """Digits with normalisation undone."""
    return images * TASK.preprocessing["std"][0] + TASK.preprocessing["mean"][0]


def test_it_begins_as_the_examples_and_keeps_its_own_levels() -> None:
    images = TASK.train.all().inputs[:6]
    learnt: LearntPyramid = Pyramid.encode(images, TASK)
    assert [tuple(level.shape[2:]) for level in learnt.levels] == [(1, 1), (2, 2), (4, 4), (8, 8)]
    torch.testing.assert_close(unit(learnt().detach()), unit(images), atol=0.51 / 255, rtol=0)
    for bits in (3, 8):
        first = Pyramid.encode(images, TASK, bits)().detach()
        assert torch.equal(Pyramid.encode(first, TASK, bits)(), first)


def test_what_is_learnt_is_what_is_stored_between_black_and_white() -> None:
    learnt = Pyramid.encode(TASK.train.all().inputs[:4], TASK)
    for level in learnt.levels:
        level.data += 3 * normal(*level.shape)
    stored = learnt.stored()
    again = CODECS.get("pyramid").restore(stored.fields(), stored.state_dict())
    assert torch.equal(stored(), learnt()) and torch.equal(again(), learnt())
    assert torch.equal(again(torch.tensor([2, 0])), learnt()[[2, 0]])
    pixels = unit(stored()) * 255
    assert pixels.min() > -0.01 and pixels.max() < 255.01
    torch.testing.assert_close(pixels, pixels.round(), atol=0.01, rtol=0)
    assert stored.packed.numel() == 4 * Pyramid.item_bytes(Leaf((1, 8, 8)))


def test_a_coarse_level_moves_all_pixels_and_a_fine_one_its_own() -> None:
    learnt = Pyramid.encode(TASK.train.all().inputs[:1], TASK)
    gradients = torch.autograd.grad(learnt()[0, 0, 3, 4], list(learnt.levels))
    assert [int((gradient != 0).sum()) for gradient in gradients][::3] == [1, 1]
    learnt.levels[0].data += 1
    assert (learnt() > Pyramid.encode(TASK.train.all().inputs[:1], TASK)()).float().mean() > 0.9


@pytest.mark.parametrize("pull", ["all pixels alike", "each its own way"])
def test_descent_at_a_rate_for_pixels_moves_them_about_as_far(pull: str) -> None:
    images = 0 * TASK.train.all().inputs[:4]  # between black and white, where the logistic curve is steepest
    wanted = normal(*images.shape) if pull == "each its own way" else torch.ones_like(images)
    learnt = Pyramid.encode(images, TASK)
    before = learnt()
    for level, slope in zip(learnt.levels, torch.autograd.grad(before, list(learnt.levels), 0.2 * wanted), strict=True):
        level.data += slope
    moved = (learnt() - before).detach().norm() / (0.2 * wanted).norm()
    assert 0.3 < moved < 1.5


def test_what_has_no_black_and_white_is_refused() -> None:
    whitened = open_images("digits", zca="relative")
    with pytest.raises(RequestError, match="needs black and white"):
        Pyramid.encode(whitened.train.all().inputs[:2], whitened)
    with pytest.raises(RequestError, match="pyramid stores images"):
        Pyramid.encode(normal(3, 4), TASK)
