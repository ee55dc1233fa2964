"""Latents of a prior: where they begin, what they cost, that they are learnt, and a set with its decoder beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from condenset.artifact.joining import joined
from condenset.artifact.reading import read
from condenset.codecs.latent import Latent
from condenset.core.budget import Size
from condenset.core.errors import ArtifactError, BudgetError, RequestError, UnknownNameError
from condenset.core.spec import Leaf
from condenset.distillation import distilled
from condenset.run.distill import distill
from condenset.tasks.task import Task
from tests.artifact.test_reading import change_card, refused
from tests.examples import QUICK, few_digits

pytestmark = pytest.mark.usefixtures("own_cache")
LATENT = {"codec": "latent:size=8,fit=5"}


@pytest.fixture(scope="module")
def few() -> Task:
    return few_digits()


def test_an_item_costs_what_stands_before_the_stage() -> None:
    spec = Leaf((1, 28, 28), meaning="grid")
    assert Latent.item_bytes(spec) == 4 * 32
    assert Latent.item_bytes(spec, size=8) == 32
    assert Latent.item_bytes(spec, layer=1) == 4 * 64 * 7 * 7


def test_it_begins_nearer_to_the_images_than_the_prior_alone_gives_them_back(few: Task) -> None:
    images = few.train.all().inputs[:10]
    begun = Latent.encode(images, few, size=8, fit=40)
    (store,) = Latent.stores(few, size=8)
    seen = store.model().decoder(store.latents()(images))  # type: ignore[attr-defined]
    error = lambda drawn: (drawn - images).square().mean().item()
    assert error(begun()) < 0.97 * error(seen) < 0.5 * (images - images.mean(0)).square().mean()
    torch.testing.assert_close(begun.stored()(), begun(), rtol=1e-4, atol=1e-4)
    assert set(begun.stored().state_dict()) == {"data"}
    assert not any(value.requires_grad for value in begun.form.decoder.parameters())


def test_what_a_gan_draws_is_found_by_descent(few: Task) -> None:
    images = few.train.all().inputs[:10]
    errors = [(Latent.encode(images, few, prior="gan", size=8, fit=fit)() - images).square().mean() for fit in (1, 60)]
    assert errors[1] < 0.85 * errors[0]


def test_layers_take_turns_and_the_last_one_is_stored(few: Task) -> None:
    """With the latent space at rest, what is added before a later stage moves images that it cannot draw."""
    changes = {**QUICK["dm"], "codec": "latent:size=8,layer=2,first=0,fit=5", "steps": 6}
    ended = distilled(few, "dm", Size(per_class=1), changes, seed=0)
    begun = distilled(few, "dm", Size(per_class=1), {**changes, "steps": 0}, seed=0)
    assert ended.codec.fields()["layer"] == 2 and ended.nbytes().data == begun.nbytes().data
    assert set(ended.codec.state_dict()) == {"data"}
    moved = (ended.decode().inputs - begun.decode().inputs).square().mean().sqrt()
    assert 1e-3 < moved < 3
    with pytest.raises(RequestError, match="from layer first=2 to layer=1: expected 0 to 1"):
        Latent.encode(few.train.all().inputs[:2], few, layer=1, first=2)


@pytest.mark.parametrize("method", QUICK)
def test_it_is_learnt_by_distributions_gradients_and_trajectories(method: str, few: Task) -> None:
    """With the same rates as pixels, whose scale its numbers have."""
    begun, ended = (
        distilled(few, method, Size(per_class=1), {**LATENT, **QUICK[method], "steps": steps}, seed=0)
        for steps in (0, 3)
    )
    assert isinstance(ended.codec, Latent) and ended.nbytes().data == 10 * 8 * 4
    moved = (ended.decode().inputs - begun.decode().inputs).square().mean().sqrt()
    assert 1e-3 < moved < 3


@pytest.fixture
def saved(few: Task, tmp_path: Path) -> Path:
    size, changes = Size(per_class=1), {**LATENT, "steps": 1, "source.size": 1, "objective.per_group": 5}
    distill(few, "dm", size=size, out=tmp_path / "set", changes=changes)
    return tmp_path / "set"


def test_a_set_is_read_with_its_decoder_and_no_cache(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path / "empty"))
    found = read(saved)
    prior, decoder = found.card.assets
    assert prior.name.startswith("image autoencoder") and decoder.name == "decoder.safetensors"
    assert decoder.bytes == (saved / "decoder.safetensors").stat().st_size
    assert found.synthetic.nbytes().data == 10 * 8 * 4, "the decoder counts apart"
    assert f"decoder.safetensors, {decoder.bytes:,} bytes that count apart" in (saved / "README.md").read_text()
    again = read(found.synthetic.save(tmp_path / "again"))
    assert torch.equal(again.synthetic.decode().inputs, found.synthetic.decode().inputs)
    assert again.card.assets == found.card.assets
    twice = joined([found, again]).decode().inputs
    assert torch.equal(twice, found.synthetic.decode().inputs.repeat(2, 1, 1, 1)), "shards have one decoder"


def test_a_decoder_that_is_missing_altered_or_not_listed_is_refused(saved: Path) -> None:
    path = saved / "decoder.safetensors"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    refused(saved, "decoder.safetensors was altered: its SHA-256 is .*fetch it again")
    path.unlink()
    refused(saved, "decoder.safetensors is missing: .* is no complete set")
    path.write_bytes(content)
    change_card(saved, lambda card: card.update(assets=card["assets"][:1]))
    refused(saved, "lists no decoder.safetensors, by which its codec 'latent' decodes")


def test_parameters_of_no_decoder_are_refused(few: Task) -> None:
    kept = Latent.encode(few.train.all().inputs[:2], few, size=8, fit=1).stored()
    fields, tensors, apart = kept.fields(), kept.state_dict(), kept.apart()
    wide = torch.zeros(8, 8, 3, 3)
    for changed, wrong in (
        ({"input_shape": [1, 99_999, 99_999]}, {}),
        ({}, {"stages.1.weight": wide}),
        ({}, {"stages.2.bias": torch.zeros(3)}),
        ({"layer": 3}, {}),
        ({"layer": 1}, {}),
    ):
        with pytest.raises(ArtifactError, match=r"decoder|the card says"):
            Latent.restore({**fields, **changed}, tensors, {**apart, **wrong})


def test_requests_that_do_not_fit_are_refused(few: Task) -> None:
    images = few.train.all().inputs[:2]
    with pytest.raises(RequestError, match="got layer=3"):
        Latent.encode(images, few, layer=3)
    with pytest.raises(RequestError, match="size=0 numbers"):
        Latent.encode(images, few, size=0)
    with pytest.raises(UnknownNameError, match="prior"):
        Latent.encode(images, few, prior="vae")
    with pytest.raises(RequestError, match="use codec raw"):
        Latent.encode(images.flatten(1), few)
    with pytest.raises(BudgetError, match="0 items cannot cover 10 groups"):
        distilled(replace(few), "dm", Size(bytes=30), LATENT, seed=0)
