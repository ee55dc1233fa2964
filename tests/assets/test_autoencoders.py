"""Autoencoders: what they learn of rows and targets, their latent space, resumed to the same bytes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from condenset.assets.asset import AssetStore
from condenset.assets.autoencoders import AutoencoderStore, Autoencoding
from condenset.core.execution import LOCAL
from condenset.core.rng import Rng
from condenset.nets.column_autoencoder import ColumnAutoencoder
from tests.conftest import close
from tests.examples import blobs, digits, line

QUICK = Autoencoding(rounds=6, batch=16, rate=5e-3, hidden=(16,), latent=3, size=2, alone=3)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    return tmp_path


def test_rows_are_given_back_better_than_by_their_mean_and_classes_are_told_apart() -> None:
    found, task = AutoencoderStore(blobs(), replace(QUICK, rounds=40, alone=10)), blobs().with_validation()
    model, judges = found.model(), task.validation
    assert judges is not None
    latents = model(judges.inputs)
    assert model.reconstruction(judges.inputs, latents).mean() < 0.7 * judges.inputs.square().mean()
    assert (model.head(latents).argmax(1) == judges.targets).float().mean() > 0.8


def test_the_loss_is_the_balance_of_both_and_of_the_rows_alone_at_first() -> None:
    found = AutoencoderStore(line(), replace(QUICK, balance=0.3))
    model, batch = found.model(), found._data[1]
    latents = model(batch.inputs)
    back = model.reconstruction(batch.inputs, latents).mean()
    told = (model.head(latents) - batch.targets).square().mean()  # of a number, the squared error
    close(found._error(model, batch, 2, Rng(0)), back, 1e-6)
    close(found._error(model, batch, 3, Rng(0)), 0.3 * back + 0.7 * told, 1e-6)
    assert found.losses()[3:].min().item() == pytest.approx((0.3 * back + 0.7 * told).item(), rel=1e-5)


def test_the_latent_space_has_mean_0_and_variance_1_where_it_was_learnt() -> None:
    found, task = AutoencoderStore(blobs(), QUICK), blobs()
    place, model = found.latents(), found.model()
    seen = task.with_validation().train.all().inputs
    assert place(seen).mean(0).abs().max() < 1e-5
    close(place(seen).square().mean(0), torch.ones(3), 1e-4)
    raw, other = (model(inputs).double().numpy() for inputs in (seen, task.train.all().inputs[:5]))
    close(place(task.train.all().inputs[:5]), torch.from_numpy((other - raw.mean(0)) / raw.std(0)), 1e-4)


def test_a_killed_training_goes_on_to_the_same_bytes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = lambda: AutoencoderStore(blobs(), QUICK)
    expected = store().model().state_dict()
    next((folder / "autoencoders").glob("*.safetensors")).unlink()
    error, steps = AutoencoderStore._error, []

    def counted(self: AutoencoderStore, model: ColumnAutoencoder, batch: object, number: int, rng: Rng) -> torch.Tensor:
        steps.append(number)
        return error(self, model, batch, number, rng)

    def killed(self: AutoencoderStore, model: ColumnAutoencoder, batch: object, number: int, rng: Rng) -> torch.Tensor:
        if steps.count(4) == 2:
            raise KeyboardInterrupt
        return counted(self, model, batch, number, rng)

    monkeypatch.setattr(AutoencoderStore, "_error", killed)
    with pytest.raises(KeyboardInterrupt):
        store().train()
    assert store().missing() and store().assets() == [] and isinstance(store(), AssetStore)
    steps.clear()
    monkeypatch.setattr(AutoencoderStore, "_error", counted)
    store().train_missing(LOCAL)
    assert steps[0] == 4 and set(steps) == {4, 5, QUICK.rounds}  # rounds that are over are not run again
    found = store().model().state_dict()
    assert all(torch.equal(found[name], value) for name, value in expected.items())
    (asset,) = store().assets()
    assert "balance 0.5" in asset.name and "on validation rows" in asset.name
    assert [path.suffix for path in (folder / "autoencoders").iterdir()] == [".safetensors"]


def test_where_no_columns_are_known_every_number_is_one() -> None:
    task = digits()
    drawn = AutoencoderStore(task, replace(QUICK, most=50))._begun()
    assert drawn.layout.numbers == tuple(range(64)) and not drawn.layout.choices
    rows = task.train.sample(1, Rng(0)).inputs.flatten(1)
    assert drawn(rows).shape == (10, 3)
