"""Generators that are part of a set: what they cost, where they begin, that they learn, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from condenset.artifact.reading import read
from condenset.artifact.sizes import ledger_of
from condenset.codecs.image_generator import ImageGenerator
from condenset.codecs.latent import Latent
from condenset.core.budget import Size
from condenset.core.errors import ArtifactError, BudgetError, RequestError
from condenset.core.spec import Leaf
from condenset.run.distill import distill
from condenset.tasks.task import Task
from tests.examples import QUICK, few_digits

pytestmark = pytest.mark.usefixtures("own_cache")
SPEC = Leaf((1, 28, 28), meaning="grid")


@pytest.fixture(scope="module")
def few() -> Task:
    return few_digits()


def test_the_generator_costs_its_layers() -> None:
    """From 16 numbers to 8 maps of 7 x 7, a convolution of 3 x 3, and one that draws patches of 8 x 8."""
    layers = (16 + 1) * 8 * 7 * 7 + (8 * 9 + 1) * 8 + 8 * 64 + 1
    assert ImageGenerator.shared_bytes(SPEC) == 4 * layers and ImageGenerator.item_bytes(SPEC) == 4 * 16
    assert ImageGenerator.item_bytes(SPEC, size=5) == 20


def test_it_begins_as_the_latents_of_the_same_autoencoder_with_all_of_it_stored(few: Task) -> None:
    images = few.train.all().inputs[:10]
    begun = ImageGenerator.encode(images, few, size=8, width=64, fit=5)
    torch.testing.assert_close(begun(), Latent.encode(images, few, size=8, fit=5)(), rtol=1e-4, atol=1e-4)
    stored = begun.stored()
    assert torch.equal(stored(), begun()) and torch.equal(stored(torch.tensor([3, 1])), begun(torch.tensor([3, 1])))
    again = ImageGenerator.restore(stored.fields(), stored.state_dict())
    assert torch.equal(again(), begun())


def test_numbers_and_generator_learn_at_a_rate_of_pixels_and_draw_what_numbers_alone_cannot(few: Task) -> None:
    """Other images than those that it began as, upside down, which no autoencoder of upright ones draws well."""
    images = few.train.all().inputs[:20]
    goal, errors = images.flip(2), []
    for alone in (False, True):
        codec = ImageGenerator.encode(images, few, size=8, fit=5)
        numbers, *generator = codec.parameter_groups()["data"]
        optimiser = torch.optim.SGD([numbers] if alone else [numbers, *generator], lr=0.5, momentum=0.5)
        losses = []
        for _ in range(200):
            optimiser.zero_grad()
            loss = (codec() - goal).square().sum() / 2
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        assert max(losses) <= 1.5 * losses[0]
        errors.append(losses[-1] / losses[0])
    assert errors[0] < 0.9 * errors[1]


def test_a_set_says_what_of_it_is_the_generator(few: Task, tmp_path: Path) -> None:
    changes = {**QUICK["dm"], "codec": "image-generator:size=8,width=4,fit=5"}
    distill("digits", "dm", size=Size(per_class=1), out=tmp_path / "set", changes=changes)
    card = read(tmp_path / "set").card
    assert ledger_of(card).decoder_bits == 8 * ImageGenerator.shared_bytes(Leaf((1, 8, 8), meaning="grid"), 8, 4)
    assert card.assets[0].name.startswith("image autoencoder ")


def test_a_budget_that_the_generator_alone_exceeds_is_refused(tmp_path: Path) -> None:
    changes = {**QUICK["dm"], "codec": "image-generator"}
    with pytest.raises(BudgetError, match="bytes"):
        distill("digits", "dm", size=Size(bytes=4000), changes=changes)


@pytest.mark.parametrize(("options", "said"), [({"size": 0}, "size=0 numbers"), ({"width": 0}, "width=0 channels")])
def test_a_generator_of_nothing_is_refused(options: dict[str, int], said: str, few: Task) -> None:
    for use in (ImageGenerator.item_bytes, ImageGenerator.shared_bytes):
        with pytest.raises(RequestError, match=said):
            use(SPEC, **options)
    with pytest.raises(RequestError, match=said):
        ImageGenerator.encode(few.train.all().inputs[:2], few, **options)


@pytest.mark.parametrize(
    "change",
    [{"data": torch.zeros(2, 9)}, {"generator.stages.0.bias": torch.zeros(3)}, {"generator.stages.1.bias": None}],
)
def test_tensors_that_do_not_fit_are_refused(change: dict[str, Any], few: Task) -> None:
    stored = ImageGenerator.encode(few.train.all().inputs[:2], few, size=8, width=4, fit=1).stored()
    tensors = {name: value for name, value in (stored.state_dict() | change).items() if value is not None}
    with pytest.raises(ArtifactError):
        ImageGenerator.restore(stored.fields(), tensors)
