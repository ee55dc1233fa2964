"""Diffusion models: a space of variance 1, errors less than of a guess, likeness by NumPy, and its keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from condenset.assets.image_autoencoders import ImageAutoencoding
from condenset.assets.latent_diffusion import Diffusing, LatentDiffusionStore, likeness
from condenset.core.rng import Rng
from tests.examples import digits

AUTOENCODER = ImageAutoencoding(rounds=1, steps=20, rate=0.01, width=8, latent=6)
QUICK = Diffusing(rounds=2, steps=40, rate=0.01, batch=64, autoencoder=AUTOENCODER, width=32, depth=1)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    return tmp_path


def test_a_velocity_is_told_better_than_by_nothing_in_a_space_of_variance_1(folder: Path) -> None:
    store = LatentDiffusionStore(digits(), QUICK)
    assert store.missing() and store.autoencoder.missing(), "what it is called is known without training"
    losses, space = store.losses(), store.space
    assert losses[1] < losses[0] < 1, "to say 0 costs the variance of a velocity"
    some = store._data[0].inputs[:500]
    points = space.place(some)
    assert points.mean(0).abs().max() < 0.2 and (points.std(0) - 1).abs().max() < 0.2
    torch.testing.assert_close(space.images(points), space.decode(space.encode(some)), atol=1e-4, rtol=1e-4)
    assert {path.parent.name for path in folder.rglob("*.safetensors")} == {"image-autoencoders", "diffusion-models"}


def test_likeness_is_that_of_the_least_real_and_the_nearest_other_of_the_group() -> None:
    found, real = (torch.randn(6, 3, generator=Rng(seed).torch()) for seed in (0, 1))
    groups = torch.tensor([0, 0, 0, 1, 1, 2])
    unit = lambda rows: (rows / rows.norm(dim=1, keepdim=True)).double().numpy()
    to_real, to_found = unit(found) @ unit(real).T, unit(found) @ unit(found).T
    own = [np.flatnonzero(groups.numpy() == group) for group in groups.tolist()]
    near = np.mean([to_real[i, own[i]].min() for i in range(6)])
    far = np.mean([max((to_found[i, j] for j in own[i] if j != i), default=0) for i in range(6)])
    assert [part.item() for part in likeness(found, real, groups)] == pytest.approx([near, far], rel=1e-5)


def test_what_is_to_be_like_and_unlike_is_a_part_of_what_is_learnt() -> None:
    plain, both = (
        LatentDiffusionStore(digits(), replace(QUICK, near=near, far=far)) for near, far in ((0.0, 0.0), (0.5, 2.0))
    )
    model, batch, rng = plain._drawn(Rng(0).torch()), plain._data[0].select(torch.arange(40)), Rng(3)
    clean, kin = plain.space.place(batch.inputs), batch.groups
    losses = [store._error(model, batch, 0, rng).item() for store in (plain, both)]
    generator = rng.child("noise").torch()
    noise, times = torch.randn(clean.shape, generator=generator), torch.rand(40, generator=generator)
    told = (torch.rand(40, generator=generator) >= 0.1)[:, None] * model.classes[kin]
    near, far = likeness(model.losses(clean, noise, times, told)[1], clean, kin)
    assert losses[1] - losses[0] == pytest.approx((0.5 * (1 - near) + 2.0 * far).item(), rel=1e-4)
    assert both.key != plain.key
