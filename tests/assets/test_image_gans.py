"""GANs of images: what they draw comes nearer to the data, and its distance is in the card."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from condenset.assets.image_gans import AdversarialTraining, ImageGanStore
from condenset.core.rng import Rng
from condenset.kernels.wasserstein import sliced_wasserstein
from tests.examples import digits

QUICK = AdversarialTraining(rounds=3, steps=60, rate=3e-3, width=32, latent=16)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    return tmp_path


def test_what_it_draws_comes_nearer_to_the_data() -> None:
    store = ImageGanStore(digits(), QUICK)
    begun, model, judges = store._begun(), store.model(), store._data[1]
    assert store.losses().min() < 0.6 * store._loss(begun, judges)
    real = judges.inputs.flatten(1)
    noise = torch.randn(len(real), 16, generator=Rng(5).torch())
    far = [sliced_wasserstein(made.decoder(noise).flatten(1), real, Rng(6).torch()) for made in (begun, model)]
    assert far[1] < 0.6 * far[0]
    assert "sliced Wasserstein distance" in store.assets()[0].name
