"""A pipeline of diffusers in place of a diffusion model of the data: modes in its space, and the card that names it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from condenset.artifact.reading import read
from condenset.assets.pretrained_diffusion import PretrainedDiffusion
from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.run.distill import distill
from condenset.starts.diffused import Diffused
from condenset.tasks.image import images_from_arrays, open_images
from condenset.tasks.task import Task
from tests.nets.pipelines import by_number

pytest.importorskip("diffusers")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(by_number(tmp_path_factory.mktemp("pipelines") / "small"))


@pytest.fixture(scope="module")
def pictures() -> Task:
    images = np.random.default_rng(0).integers(0, 255, (40, 16, 16, 3)).astype(np.uint8)
    held_out = images[:4], np.arange(4) % 2
    return images_from_arrays(images, np.arange(40) % 2, held_out=held_out, name="noise", classes=("zero", "one"))


def test_hardly_noised_modes_stay_where_they_were(model: str, pictures: Task) -> None:
    """With as many modes as there are pictures, these are the pictures as its autoencoder gives them back."""
    counts, prior = torch.tensor([20, 20]), PretrainedDiffusion(pictures, model)
    batch = pictures.train.all()
    back = pictures.modality.legal(prior.images(prior.place(batch.inputs)), pictures.preprocessing)
    drawn = Diffused(model=model, steps=1, noise=0.01, guidance=1.0)(pictures, counts, Rng(0))
    spread = torch.cdist(back.flatten(1), back.flatten(1)).sort(1).values[:, 1].mean()
    nearest = torch.cdist(drawn.inputs.flatten(1), back.flatten(1)).min(1)
    assert nearest.values.mean() < 0.2 * spread
    assert torch.equal(batch.groups[nearest.indices], drawn.groups)


def test_a_card_names_it_and_its_classes_must_be_known(model: str, pictures: Task, tmp_path: Path) -> None:
    changes = {"start.model": model, "start.steps": 2}
    distill(pictures, "d4m", size=Size(per_class=1), out=tmp_path / "set", changes=changes)
    (asset,) = read(tmp_path / "set").card.assets
    assert asset.name == "diffusion model small" and len(asset.sha256) == 64 and asset.bytes > 10_000
    others = images_from_arrays(np.zeros((4, 16, 16, 3), np.uint8), np.arange(4) % 2, classes=("one", "two"))
    with pytest.raises(RequestError, match="class of the diffusion model"):
        Diffused(model=model)(others, torch.tensor([1, 1]), Rng(0))


def test_whitened_pictures_are_refused(model: str) -> None:
    with pytest.raises(RequestError, match="leave --zca out"):
        PretrainedDiffusion(open_images("digits", zca="relative"), model)
