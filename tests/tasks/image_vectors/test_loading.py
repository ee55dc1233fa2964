"""Images as vectors: what the encoder makes of each, in memory and on disk; class means are a set of them."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import torch

import condenset
from condenset.artifact.reading import read
from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.run.distill import distill
from condenset.starts.k_means import k_means
from condenset.tasks.catalogue import open_task
from tests.tasks.pictures.encoders import MODEL, tiny, weights
from tests.tasks.pictures.pictures import class_folders

READ = {"encoder": MODEL, "encoder_weights": str(weights()), "encoder_size": 32}


def test_vectors_are_those_of_the_pictures_in_memory_and_on_disk(tmp_path: Path) -> None:
    photos = class_folders(tmp_path / "photos", {"dark": 6, "light": 7})
    pictures = open_task(photos, size=16, **READ)
    expected = tiny().vectors(pictures.train.all().inputs)
    for limit in (None, 0):
        task = open_task(photos, "image-vectors", size=16, memory_limit=limit, **READ)
        found = task.train.all().inputs
        assert task.input_spec.shape == expected.shape[1:] and "encoder" not in task.offers
        assert all((found - row).abs().sum(1).min() < 1e-4 for row in expected)
    held_out = pictures.held_out()
    assert torch.equal(task.held_out().targets, held_out.targets)
    assert task.assets == (tiny().asset,)
    assert torch.equal(pickle.loads(pickle.dumps(task)).held_out().inputs, task.held_out().inputs)


def test_one_of_each_class_by_k_means_is_the_mean_of_its_vectors(tmp_path: Path) -> None:
    options = READ | {"images_per_class": 5, "task": "image-vectors"}
    task = open_task("digits", **options)
    every = task.train.all()
    made = k_means(task, torch.ones(10, dtype=torch.int64), Rng(0))
    means = torch.stack([every.inputs[every.groups == group].mean(0) for group in range(10)])
    torch.testing.assert_close(made.inputs, means)
    distill("digits", "k-means", size=Size(per_class=1), out=tmp_path / "set", **options)
    card = read(tmp_path / "set").card
    assert card.task.modality == "image-vectors" and card.assets == (tiny().asset,)
    torch.testing.assert_close(condenset.load(tmp_path / "set").decode().inputs.detach(), means)


def test_they_need_an_encoder() -> None:
    with pytest.raises(RequestError, match="name one with --encoder"):
        open_task("digits", "image-vectors")
