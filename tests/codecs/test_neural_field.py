"""Neural fields: the network by NumPy, its start, DDiF's counts of numbers, the fit to real images, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from condenset.codecs.neural_field import NeuralField, Siren
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.tasks.image import open_images

TASK = open_images("digits")


def test_a_field_is_a_network_of_the_place() -> None:
    form = Siren((2, 3, 4), 2, 5)
    numbers = 0.3 * torch.randn(2, form.numbers, generator=Rng(0).torch())
    found = form(numbers)
    for row, image in zip(numbers.double().numpy(), found.numpy(), strict=True):
        first, second, last = row[:10].reshape(2, 5), row[15:40].reshape(5, 5), row[45:55].reshape(5, 2)
        for y, x in np.ndindex(3, 4):
            place = np.array([-1 + y, -1 + 2 * x / 3])
            hidden = np.sin(30 * (place @ first + row[10:15]))
            hidden = np.sin(10 * (hidden @ second + row[40:45]))
            np.testing.assert_allclose(image[:, y, x], hidden @ last + row[55:], atol=1e-4)


@pytest.mark.parametrize(("layers", "width", "numbers"), [(2, 6, 81), (2, 20, 543), (3, 20, 963)])
def test_numbers_are_those_of_the_paper(layers: int, width: int, numbers: int) -> None:
    assert Siren((3, 32, 32), layers, width).numbers == numbers
    assert NeuralField.item_bytes(Leaf((3, 32, 32)), layers, width) == 4 * numbers


def test_it_begins_as_the_paper_draws_it() -> None:
    row, again = Siren((3, 8, 8), 2, 200).begin(torch.zeros(2, 3, 8, 8))
    assert torch.equal(row, again)
    first, second = row[:400], row[600:40_600]
    for part, bound in ((first, 0.5), (second, np.sqrt(6 / 200) / 10)):
        assert float(part.abs().max()) == pytest.approx(bound, rel=0.02) and part.abs().max() <= bound
        assert float(part.std()) == pytest.approx(bound / np.sqrt(3), rel=0.05)


def test_real_images_are_fitted_better_the_wider_it_is() -> None:
    some = TASK.train.all().inputs[:10]
    errors = [float((NeuralField.encode(some, TASK, width=w).stored()() - some).square().mean()) for w in (3, 12)]
    variance = float((some - some.mean((2, 3), keepdim=True)).square().mean())
    assert errors[1] < 0.1 * variance and errors[1] < 0.3 * errors[0] and errors[0] < variance


def test_requests_that_do_not_fit_are_refused() -> None:
    with pytest.raises(RequestError, match="0 layers of width 6"):
        NeuralField.item_bytes(TASK.input_spec, layers=0)
    with pytest.raises(RequestError, match="2 layers of width 0"):
        NeuralField.encode(torch.zeros(2, 1, 8, 8), TASK, width=0)
    with pytest.raises(RequestError, match="use codec raw"):
        NeuralField.encode(torch.zeros(2, 8), TASK)


@pytest.mark.parametrize("change", [{"layers": 3}, {"width": 5}, {"width": None}, {"input_shape": [3, 8, 8]}])
def test_fields_that_do_not_fit_are_refused(change: dict[str, Any]) -> None:
    stored = NeuralField.encode(torch.zeros(2, 1, 8, 8), TASK, fit=1).stored()
    with pytest.raises(ArtifactError):
        NeuralField.restore(stored.fields() | change, stored.state_dict())
