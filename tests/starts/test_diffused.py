"""Images of a diffusion model: of their class, near to modes where these pull, by one stream, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from condenset.assets.image_autoencoders import ImageAutoencoding
from condenset.assets.latent_diffusion import Diffusing, LatentDiffusionStore
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.starts.diffused import Diffused, _modes
from condenset.tasks.image import images_from_arrays
from condenset.tasks.task import Task

pytestmark = pytest.mark.usefixtures("own_cache")
AUTOENCODER = ImageAutoencoding(rounds=3, steps=15, rate=0.01, width=8, latent=4)
PRIOR = Diffusing(rounds=3, steps=30, rate=0.01, batch=64, autoencoder=AUTOENCODER, width=32, depth=1)
COUNTS = torch.tensor([3, 2])
START = Diffused(prior=PRIOR, steps=10)


@pytest.fixture(scope="module")
def halves() -> Task:
    """Images that are bright above, in class 0, or below, in class 1, some more and some less."""
    random, labels = np.random.default_rng(0), np.arange(120) % 2
    images = random.integers(0, 30, (120, 8, 8))
    bright = random.choice([100, 220], 120)
    for image, label, light in zip(images, labels, bright, strict=True):
        image[slice(0, 4) if label == 0 else slice(4, 8)] += light
    return images_from_arrays(images.astype(np.uint8), labels, name="halves")


def test_images_are_of_their_class_and_the_stream_decides(halves: Task) -> None:
    batch, again, other = (START(halves, COUNTS, Rng(seed)) for seed in (0, 0, 1))
    assert batch.groups.tolist() == [0, 0, 0, 1, 1] and batch.targets.tolist() == [0, 0, 0, 1, 1]
    assert torch.equal(batch.inputs, again.inputs) and not torch.equal(batch.inputs, other.inputs)
    above = batch.inputs[:, 0, :4].mean((1, 2)) - batch.inputs[:, 0, 4:].mean((1, 2))
    assert (above[:3] > 0.3).all() and (above[3:] < -0.3).all()
    assert torch.equal(batch.inputs, halves.modality.legal(batch.inputs, halves.preprocessing))


def test_a_pull_leads_to_modes_and_images_from_noised_modes_are_nearer_than_of_noise(halves: Task) -> None:
    counts = torch.tensor([8, 8])
    prior = LatentDiffusionStore(halves, PRIOR).prior()
    modes = _modes(halves, counts, prior, Rng(0).child("modes"))
    apart = lambda **changes: (
        (prior.place(replace(START, **changes)(halves, counts, Rng(0)).inputs) - modes).norm(dim=1).mean().item()
    )
    free = apart()
    assert apart(pull=1.0, until=0.0) < 0.8 * free
    assert apart(noise=0.3) < 0.8 * free


def test_it_says_where_its_models_are_kept(halves: Task) -> None:
    autoencoder, model = START.stores(halves)
    assert isinstance(model, LatentDiffusionStore) and model.how == PRIOR
    assert autoencoder is model.autoencoder and autoencoder.how == AUTOENCODER


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"noise": 0.0}, {"noise": 1.2}, {"pull": -0.1}, {"until": 2.0}])
def test_impossible_numbers_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(RequestError, match="expected a step or more, noise above 0"):
        Diffused(**wrong)  # type: ignore[arg-type]


def test_a_model_that_others_trained_is_not_trained_here() -> None:
    with pytest.raises(RequestError, match="'some/model' is trained"):
        Diffused(model="some/model", prior=PRIOR)
