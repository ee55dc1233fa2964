"""Images that an encoder reads: constants, what distances are measured in, what a card says, bad requests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from condenset.artifact.reading import read
from condenset.assets import barlow_twins
from condenset.assets.barlow_twins import BarlowTwins
from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.run.distill import distill
from condenset.run.evaluate import evaluate
from condenset.starts.medoids import medoids
from condenset.tasks.catalogue import open_task
from condenset.tasks.pictures.by_encoder import ByEncoder, TrainedHere
from condenset.tasks.pictures.loading import open_images
from tests.tasks.pictures.encoders import MODEL, tiny, weights
from tests.tasks.pictures.pictures import class_folders

READ = {"encoder": MODEL, "encoder_weights": str(weights()), "encoder_size": 32}


def test_pixels_are_normalised_as_the_encoder_knows_them_on_disk_too(tmp_path: Path) -> None:
    class_folders(tmp_path / "photos", {"dark": 6, "light": 6})
    known = tiny().weights
    for limit in (None, 0):
        task = open_images(tmp_path / "photos", size=16, memory_limit=limit, **READ)
        assert task.preprocessing["mean"] == list(known.mean) and task.preprocessing["std"] == list(known.std)
        assert task.train.scale() == pytest.approx(task.train.sample(99, Rng(0)).inputs.square().mean().sqrt().item())
    assert {"encoder", "grid"} <= task.offers and task.modality.exam == "probe"
    assert task.preprocessing["encoder"]["sha256"] == known.sha256


def test_the_nearest_image_is_that_of_the_encoders_space() -> None:
    task = open_images("digits", images_per_class=9, **READ)
    assert len(task.train) == 90
    chosen = medoids(task, torch.ones(10, dtype=torch.int64), Rng(0))
    all_of_it = task.train.all()
    vectors = task.modality.represent(all_of_it.inputs)
    for group in range(10):
        own = vectors[all_of_it.groups == group].double()
        nearest = (own - own.mean(0)).norm(dim=1).argmin()
        assert torch.equal(chosen.inputs[group], all_of_it.inputs[all_of_it.groups == group][nearest])


def test_a_set_lists_the_encoder_and_is_graded_by_linear_probes_on_it(tmp_path: Path) -> None:
    photos = class_folders(tmp_path / "photos", {"dark": 6, "light": 6})
    distill(photos, "random", size=Size(per_class=1), out=tmp_path / "set", **READ)
    (asset,) = read(tmp_path / "set").card.assets
    assert asset == tiny().asset and asset.bytes > 0 and "timm" in asset.made_by
    graded = evaluate(tmp_path / "set", repeats=1, baselines=("random",))
    assert {row.network for row in graded.rows if row.name == "distilled"} == {"logistic"}
    assert graded.exam.name == "probe"


def test_large_files_are_brought_to_what_it_reads_and_small_ones_stay(tmp_path: Path) -> None:
    for name, side, expected in (("large", 40, 32), ("small", 10, 10)):
        class_folders(tmp_path / name, {"dark": 3, "light": 3}, side=side)
        assert open_images(tmp_path / name, **READ).input_spec.shape == (3, expected, expected)
    assert open_images(tmp_path / "large", size=20, **READ).input_spec.shape == (3, 20, 20)


def test_arrays_are_read_by_an_encoder_too() -> None:
    images, labels = np.zeros((8, 9, 9, 3), dtype=np.uint8), np.arange(8) % 2
    task = open_task((images, labels), **READ)
    assert task.assets == (tiny().asset,) and task.preprocessing["mean"] == list(tiny().weights.mean)


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(barlow_twins, "USUAL", BarlowTwins(rounds=2, batch=16, steps=3, width=8, projected=16))


def test_an_encoder_that_is_trained_on_the_pictures_reads_them_as_they_are(tmp_path: Path, quickly: None) -> None:
    """In memory and from disk, and the card says how it was trained."""
    photos = class_folders(tmp_path / "photos", {"dark": 9, "light": 9}, side=16)
    plain = open_images(photos)
    for limit in (0, None):
        task = open_images(photos, encoder="barlow-twins", memory_limit=limit)
        own = task.preprocessing["encoder"]
        assert task.preprocessing["mean"] == pytest.approx(plain.preprocessing["mean"], abs=1e-6)
        assert (own["name"], own["size"]) == ("barlow-twins", 16) and task.modality.exam == "probe"
    distill(photos, "linear-gradient-matching", size=Size(per_class=1), out=tmp_path / "set", changes={"steps": 3},
            encoder="barlow-twins")  # fmt: skip
    (asset,) = read(tmp_path / "set").card.assets
    assert asset.sha256 == own["sha256"] and "rounds 2, batch 16" in asset.made_by
    graded = evaluate(tmp_path / "set", repeats=1, baselines=("random",))
    assert {row.network for row in graded.rows if row.name == "distilled"} == {"logistic"}


def test_it_needs_no_package_and_takes_no_weights(quickly: None) -> None:
    task = open_images("digits", encoder="barlow-twins", images_per_class=3)
    assert task.modality.represent(task.train.all().inputs).shape == (30, 16)
    with pytest.raises(RequestError, match="trained on the pictures as they are: leave out"):
        open_images("digits", encoder="barlow-twins", encoder_size=32)
    with pytest.raises(RequestError, match="1 or 3 channels, not of 4"):
        TrainedHere("barlow-twins").constants(4)


def test_requests_that_make_no_sense_are_refused() -> None:
    with pytest.raises(RequestError, match="name it with --encoder"):
        open_images("digits", encoder_size=32)
    with pytest.raises(RequestError, match="leave --zca out"):
        open_images("digits", zca="relative", **READ)
    with pytest.raises(RequestError, match="--encoder-size 8 is too small"):
        open_images("digits", **READ | {"encoder_size": 8})
    with pytest.raises(RequestError, match="--images-per-class 0"):
        open_images("digits", images_per_class=0)
    with pytest.raises(RequestError, match="1 or 3 channels, not of 4"):
        tiny().constants(4)


def test_a_grey_picture_has_the_mean_of_the_colours() -> None:
    by: ByEncoder = tiny()
    np.testing.assert_allclose(by.constants(1)[0], np.mean(by.weights.mean))
    assert by.constants(3) == (by.weights.mean, by.weights.std)
