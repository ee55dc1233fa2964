"""Points that a diffusion model makes images of: where they begin, what they cost, and a set with the model beside."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from condenset.artifact.reading import read
from condenset.codecs.denoised import DenoisedImages
from condenset.core.budget import Size
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.spec import Leaf
from condenset.distillation import distilled
from condenset.run.distill import distill
from condenset.tasks.task import Task
from tests.examples import QUICK, few_digits

DENOISED = {"codec": "denoised:size=8,steps=3,fit=5"}


@pytest.fixture(scope="module")
def few() -> Task:
    return few_digits()


def test_an_item_costs_a_point_and_as_much_for_what_is_told() -> None:
    assert DenoisedImages.item_bytes(Leaf((1, 28, 28), meaning="grid")) == 4 * 64
    assert DenoisedImages.item_bytes(Leaf((1, 28, 28), meaning="grid"), size=8) == 64
    with pytest.raises(RequestError, match="use codec raw"):
        DenoisedImages.item_bytes(Leaf((5,)))


def test_images_are_found_by_descent_through_all_steps_and_what_is_told_moves_them(few: Task) -> None:
    images = few.train.all().inputs[:10]
    errors = [
        (DenoisedImages.encode(images, few, size=8, steps=3, fit=fit)() - images).square().mean() for fit in (1, 60)
    ]
    assert errors[1] < 0.9 * errors[0]
    form, numbers = DenoisedImages.encode(images, few, size=8, steps=3, fit=1).form, torch.randn(4, 16)
    other = torch.cat([numbers[:, :8], numbers[:, 8:].flip(0)], 1)
    assert not torch.allclose(form(numbers), form(other))
    assert not any(value.requires_grad for value in form.denoiser.parameters())  # type: ignore[attr-defined]


@pytest.mark.parametrize("method", QUICK)
def test_it_is_learnt_by_distributions_gradients_and_trajectories(method: str, few: Task) -> None:
    """With the same rates as pixels, whose scale its numbers have."""
    begun, ended = (
        distilled(few, method, Size(per_class=1), {**DENOISED, **QUICK[method], "steps": steps}, seed=0)
        for steps in (0, 3)
    )
    assert isinstance(ended.codec, DenoisedImages) and ended.nbytes().data == 10 * 16 * 4
    moved = (ended.decode().inputs - begun.decode().inputs).square().mean().sqrt()
    assert 1e-3 < moved < 3


def test_a_set_is_read_with_its_prior_and_no_cache(few: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {**DENOISED, "steps": 1, "source.size": 1, "objective.per_group": 5}
    distill(few, "dm", size=Size(per_class=1), out=tmp_path / "set", changes=changes)
    kept = read(tmp_path / "set").synthetic
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path / "empty"))
    found = read(tmp_path / "set")
    assert torch.equal(found.synthetic.decode().inputs, kept.decode().inputs)
    assert [asset.name.split()[0] for asset in found.card.assets] == ["image", "diffusion", "decoder.safetensors"]
    assert found.synthetic.nbytes().data == 10 * 16 * 4, "the prior counts apart"


def test_parameters_of_no_prior_are_refused(few: Task) -> None:
    kept = DenoisedImages.encode(few.train.all().inputs[:2], few, size=8, steps=3, fit=1).stored()
    fields, tensors, apart = kept.fields(), kept.state_dict(), kept.apart()  # type: ignore[attr-defined]
    assert torch.equal(DenoisedImages.restore(fields, tensors, apart)(), kept())
    wide = torch.zeros(4000, 8)
    for changed, wrong in (
        ({"input_shape": [1, 99_999, 99_999]}, {}),
        ({"steps": 1}, {}),
        ({"steps": 10**9}, {}),
        ({"guidance": "much"}, {}),
        ({"guidance": -1.0}, {}),
        ({}, {"denoiser.read.weight": wide}),
        ({}, {"denoiser.write.bias": torch.zeros(3)}),
        ({}, {"mean": torch.zeros(3)}),
    ):
        with pytest.raises(ArtifactError, match=r"decoder|denoiser|images"):
            DenoisedImages.restore({**fields, **changed}, tensors, {**apart, **wrong})


def test_requests_that_do_not_fit_are_refused(few: Task) -> None:
    images = few.train.all().inputs[:2]
    for wrong, told in (({"size": 0}, "size=0"), ({"steps": 1}, "steps=1"), ({"guidance": -0.5}, "guidance=-0.5")):
        with pytest.raises(RequestError, match=told):
            DenoisedImages.encode(images, few, **{"size": 8, **wrong})  # type: ignore[arg-type]
