"""Encoders that are trained without labels: what views come to tell, training that goes on after a kill, bad data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from condenset.assets import barlow_twins
from condenset.assets.barlow_twins import BarlowTwins, BarlowTwinsStore, Twins, trained
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.nets.encoder_weights import encoder_body
from condenset.tasks.image import images_from_arrays
from condenset.tasks.task import Task
from tests.examples import digits

QUICK = BarlowTwins(rounds=3, batch=64, rate=5e-3, steps=15, width=8, projected=32)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    monkeypatch.setattr(barlow_twins, "USUAL", QUICK)
    return tmp_path


def stripes(pictures: int = 40) -> Task:
    """Faint lying and standing stripes of any phase, in pictures of many a brightness and contrast."""
    rng = np.random.default_rng(0)
    labels = np.arange(pictures) % 2
    across = np.sin(np.arange(16)[None, :] * np.pi / 2 + rng.uniform(0, 2 * np.pi, (pictures, 1)))
    maps = np.where(labels[:, None, None] == 0, across[:, None, :], across[:, :, None]) * np.ones((1, 16, 16))
    bright, contrast = rng.normal(0, 1, (pictures, 1, 1)), rng.uniform(0.2, 0.4, (pictures, 1, 1))
    noisy = bright + contrast * maps + rng.normal(0, 0.2, maps.shape)
    return images_from_arrays(noisy, labels, held_out=(noisy[:4], labels[:4]))


def alike(store: BarlowTwinsStore, model: Twins) -> float:
    """Correlation of a vector's numbers between two new views of pictures that judge, the mean."""
    judges, encoder = store._data[1].inputs, model.encoder.eval()
    with torch.no_grad():
        first, second = (encoder(store._view(judges, Rng(side)).expand(-1, 3, -1, -1)) for side in range(2))
    apart = [(vectors - vectors.mean(0)) / (vectors.std(0) + 1e-6) for vectors in (first, second)]
    return (apart[0] * apart[1]).mean().item()


def test_new_views_of_a_new_picture_come_to_tell_the_same_and_other_things_by_every_number() -> None:
    store = BarlowTwinsStore(digits(), QUICK)
    before, after = store._begun(), store.model()
    assert store.losses().min() < 0.6 * store._loss(before, store._data[1])
    assert alike(store, after) > alike(store, before) + 0.04


def test_labels_are_not_looked_at() -> None:
    """Where they do not say which pictures judge it."""
    task = stripes()
    same = replace(task, validation=task.train.all())
    other = replace(same, train=type(task.train)(replace(task.train.all(), targets=1 - task.train.all().targets), 2))
    stores = [BarlowTwinsStore(one, QUICK) for one in (same, other)]
    assert all((store._data[0].targets == 0).all() for store in stores) and stores[0].key == stores[1].key


def test_it_is_kept_with_its_recipe_and_reads_as_it_was_trained() -> None:
    task = stripes()
    kept = trained(task)
    assert kept == trained(task) and kept.model == "barlow-twins" and kept.widths == (8, 16)
    assert "rounds 3, batch 64" in kept.made_by and "loss" in kept.made_by and "condenset" in kept.made_by
    images = task.train.all().inputs[:5].expand(-1, 3, -1, -1)
    expected = BarlowTwinsStore(task, QUICK).model().encoder.eval()(images)
    torch.testing.assert_close(encoder_body(kept.address)(images), expected)


def test_a_killed_training_goes_on_to_the_same_bytes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = lambda: BarlowTwinsStore(digits(), replace(QUICK, rounds=3, steps=3))
    expected = store().model().state_dict()
    next(folder.rglob("*.safetensors")).unlink()
    error, seen = BarlowTwinsStore._error, []

    def killed(self: BarlowTwinsStore, model: object, batch: object, number: int, rng: Rng) -> Tensor:
        seen.append(number)
        if seen.count(1) == 2:
            raise KeyboardInterrupt
        return error(self, model, batch, number, rng)  # type: ignore[arg-type]

    monkeypatch.setattr(BarlowTwinsStore, "_error", killed)
    with pytest.raises(KeyboardInterrupt):
        store().train()
    monkeypatch.setattr(BarlowTwinsStore, "_error", error)
    found = store().model().state_dict()
    assert all(torch.equal(found[name], value) for name, value in expected.items())


def test_few_pictures_teach_no_encoder() -> None:
    with pytest.raises(RequestError, match="8 pictures at least, and there are 6"):
        BarlowTwinsStore(stripes(6))
