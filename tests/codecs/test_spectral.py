"""Spectral: decoding against NumPy, the fit against means of pixels and one basis at the same bytes, refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import condenset
from condenset.codecs.spectral import LearntSpectral, Spectral
from condenset.core.budget import Size
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.tasks.image import open_images
from tests.examples import QUICK

TASK = open_images("digits")


def normal(*shape: int, name: str = "x") -> torch.Tensor:
    return torch.randn(shape, generator=Rng(0).child(name).torch())


def made() -> Spectral:
    shapes = {"mix": (1, 3, 2, 2), "down": (1, 3, 5, 4), "across": (1, 3, 6, 3)}
    return Spectral(normal(2, 2, 4, 3), {name: normal(*shape, name=name) for name, shape in shapes.items()})


def test_an_image_is_a_spectrum_times_the_matrices_of_a_transformation() -> None:
    codec = made()
    mix, down, across = (codec.kernels[name][0].detach().double().numpy() for name in ("mix", "down", "across"))
    expected = np.einsum("jcd,jhr,idrs,jws->ijchw", mix, down, codec.data.detach().double().numpy(), across)
    np.testing.assert_allclose(codec().detach().unflatten(0, (2, 3)).numpy(), expected, atol=1e-4)
    assert codec.origin().tolist() == [0, 0, 0, 1, 1, 1]


def test_real_images_are_fitted_better_than_by_as_many_pixels_and_than_by_a_basis_of_their_own() -> None:
    """At the same numbers for an image; the basis is the best of rows and of columns, where the fit begins."""
    images = TASK.train.all().inputs[:120]
    error = lambda decoded: float((decoded.detach() - images).square().mean())
    pixels = F.interpolate(F.interpolate(images, (2, 2), mode="area"), (8, 8), mode="bilinear")
    blocks, fitted = (Spectral.encode(images, TASK, count=4, fit=fit)() for fit in (1, 100))
    assert error(blocks) < 0.7 * error(pixels)
    assert error(fitted) < 0.92 * error(blocks)


def test_an_item_costs_a_spectrum_and_the_set_its_transformations() -> None:
    spec = Leaf((3, 32, 28))
    assert Spectral.item_bytes(spec, count=4, shrink=2) == 4 * 3 * 16 * 14
    assert Spectral.shared_bytes(spec, count=4, shrink=2) == 4 * 4 * (9 + 32 * 16 + 28 * 14)
    assert Spectral.examples_per_item(count=6) == 6


def test_spectra_and_transformations_learn_at_the_rate_of_pixels() -> None:
    images, goal = TASK.train.all().inputs[:40], TASK.train.all().inputs[40:80]
    codec: LearntSpectral = Spectral.encode(images, TASK, count=2)
    begun, losses = codec.kernels["down"].detach().clone(), []
    optimiser = torch.optim.SGD(codec.parameter_groups()["data"], lr=0.5)
    for _ in range(100):
        optimiser.zero_grad()
        loss = 0.5 * (codec() - goal).square().sum()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0] and max(losses) <= losses[0]
    assert (codec.kernels["down"].detach() - begun).norm() > 1e-3 * begun.norm()


def test_what_is_learnt_stored_and_read_again_decodes_to_the_same_bits() -> None:
    learnt = Spectral.encode(normal(6, 2, 7, 9), TASK, count=3, shrink=2, fit=5)
    stored = learnt.stored()
    again = Spectral.restore(stored.fields(), stored.state_dict())
    assert torch.equal(stored(), learnt()) and torch.equal(again(), learnt())
    assert torch.allclose(again(torch.tensor([4, 1])), learnt()[[4, 1]], atol=1e-5)
    assert stored.data.shape == (2, 2, 4, 5)


@pytest.mark.parametrize("method", QUICK)
def test_it_is_learnt_by_distributions_gradients_and_trajectories(method: str, tmp_path: Path) -> None:
    changes = {**QUICK[method], "codec": "spectral:count=2,fit=3"}
    begun, ended = (
        condenset.distill(TASK, method, size=Size(per_class=1), changes={**changes, "steps": steps}) for steps in (0, 3)
    )
    moved = (ended.decode().inputs - begun.decode().inputs).square().mean().sqrt()
    assert len(ended.decode()) == 20 and 1e-4 < moved < 3
    again = condenset.load(ended.save(tmp_path / "set"))
    assert torch.equal(again.decode().inputs, ended.decode().inputs)


def test_requests_that_do_not_fit_are_refused() -> None:
    with pytest.raises(RequestError, match="0 images of a spectrum that is 2 times smaller"):
        Spectral.item_bytes(Leaf((1, 8, 8)), count=0)
    with pytest.raises(RequestError, match=r"a spectrum of 2 x 2 has no 1 x 3 blocks for 3 images"):
        Spectral.encode(normal(6, 1, 8, 8), TASK, count=3, shrink=4)
    with pytest.raises(RequestError, match="fitted in 0 steps"):
        Spectral.encode(normal(4, 1, 8, 8), TASK, fit=0)
    with pytest.raises(RequestError, match="use codec raw"):
        Spectral.encode(normal(4, 8), TASK)


@pytest.mark.parametrize(
    "change",
    [
        {"data": normal(2, 2, 4, 4)},
        {"data": normal(2, 2, 3, 3)},
        {"data": normal(2, 1, 4, 3)},
        {"kernels.mix": normal(1, 4, 2, 2)},
        {"kernels.mix": normal(1, 3, 3, 2)},
        {"kernels.down": normal(2, 3, 5, 4)},
        {"kernels.across": normal(3, 6, 3)},
        {
            "kernels.down": normal(1, 3, 1, 4).expand(1, 3, 2**20, 4),
            "kernels.across": normal(1, 3, 1, 3).expand(1, 3, 2**20, 3),
        },
    ],
)
def test_tensors_that_do_not_fit_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ArtifactError):
        Spectral.restore({}, made().state_dict() | change)
