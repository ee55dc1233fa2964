"""Autoencoders of images: they give images back, go on after a kill, and take nothing but images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from condenset.assets.image_autoencoders import ImageAutoencoderStore, ImageAutoencoding
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from tests.examples import blobs, digits

QUICK = ImageAutoencoding(rounds=5, batch=64, rate=0.01, steps=20, width=8, latent=12)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    return tmp_path


def test_images_are_given_back_far_better_than_by_their_mean() -> None:
    """On validation images."""
    store = ImageAutoencoderStore(digits(), QUICK)
    model, judges = store.model(), store._data[1].inputs
    back = model.decoder(store.latents()(judges))
    assert (back - judges).square().mean() < 0.7 * (judges - judges.mean(0)).square().mean()
    assert "latent 12" in store.assets()[0].name and "on validation images" in store.assets()[0].name


def test_a_killed_training_goes_on_to_the_same_bytes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its noise is that of the step, whoever takes it."""
    store = lambda: ImageAutoencoderStore(digits(), replace(QUICK, rounds=3, steps=3))
    expected = store().model().state_dict()
    next(folder.rglob("*.safetensors")).unlink()
    error, seen = ImageAutoencoderStore._error, []

    def killed(self: ImageAutoencoderStore, model: object, batch: object, number: int, rng: Rng) -> torch.Tensor:
        seen.append(number)
        if seen.count(1) == 2:
            raise KeyboardInterrupt
        return error(self, model, batch, number, rng)  # type: ignore[arg-type]

    monkeypatch.setattr(ImageAutoencoderStore, "_error", killed)
    with pytest.raises(KeyboardInterrupt):
        store().train()
    monkeypatch.setattr(ImageAutoencoderStore, "_error", error)
    found = store().model().state_dict()
    assert all(torch.equal(found[name], value) for name, value in expected.items())


def test_rows_are_no_images() -> None:
    with pytest.raises(RequestError, match=r"images \(channels, height, width\), and these data have none"):
        ImageAutoencoderStore(blobs())
