"""Sparse tokens: the bytes that are stored, the fit against as many pixels, one rate, the same bits again, refusals."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F

import condenset
from condenset.codecs.sparse_tokens import LearntSparseTokens, SparseTokens
from condenset.core.budget import Size
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng
from condenset.tasks.image import open_images
from tests.examples import QUICK

TASK = open_images("digits")
SMALL = {"patch": 3, "tokens": 5, "width": 6, "kept": 7}


def normal(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=Rng(0).torch())


@cache
def stored() -> SparseTokens:
    return SparseTokens.encode(normal(4, 2, 7, 8), TASK, fit=3, **SMALL).stored()


def test_real_images_are_fitted_better_than_by_as_many_pixels() -> None:
    """24 codes in 66 bytes; 16 pixels in 64."""
    images = TASK.train.all().inputs[:100]
    sizes = {"kept": 12}
    decoded = SparseTokens.encode(images, TASK, **sizes)().detach()
    pixels = F.interpolate(F.interpolate(images, (4, 4), mode="area"), (8, 8), mode="bilinear")
    error, other = ((made - images).square().mean().item() for made in (decoded, pixels))
    assert SparseTokens.item_bytes(TASK.input_spec, **sizes) == 24 * 2 + 6 + 12
    assert error < 0.3 * other


def test_only_codes_that_are_not_0_are_stored_with_their_places() -> None:
    """14 codes an image, of nine patches and five tokens."""
    shapes = {name: (part.dtype, tuple(part.shape)) for name, part in stored().state_dict().items()}
    assert {name: shapes[name] for name in ("values", "patches", "tokens")} == {
        "values": (torch.float16, (4, 14)),
        "patches": (torch.uint8, (4, 7)),
        "tokens": (torch.uint8, (4, 6)),
    }


def test_codes_and_what_images_share_learn_at_the_rate_of_pixels() -> None:
    images, goal = TASK.train.all().inputs[:20], TASK.train.all().inputs[20:40]
    codec: LearntSparseTokens = SparseTokens.encode(images, TASK, kept=24, fit=100)
    begun, losses = codec.shared["tokens"].detach().clone(), []
    optimiser = torch.optim.SGD(codec.parameter_groups()["data"], lr=1.0)
    for _ in range(100):
        optimiser.zero_grad()
        loss = 0.5 * (codec() - goal).square().sum()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0] and max(losses) <= 1.1 * losses[0]
    assert (codec.shared["tokens"].detach() - begun).norm() > 1e-3 * begun.norm()


def test_what_is_learnt_stored_and_read_again_decodes_to_the_same_bits() -> None:
    learnt = SparseTokens.encode(normal(4, 2, 7, 8), TASK, fit=3, **SMALL)
    learnt.codes.data += normal(*learnt.codes.shape)
    kept = learnt.stored()
    again = SparseTokens.restore(kept.fields(), kept.state_dict())
    assert torch.equal(kept(), learnt()) and torch.equal(again(), learnt())
    assert torch.allclose(again(torch.tensor([2, 0])), learnt()[[2, 0]], atol=1e-5)
    assert not any(part.requires_grad for part in again.parameters())


@pytest.mark.parametrize("method", QUICK)
def test_it_is_learnt_by_distributions_gradients_and_trajectories(method: str, tmp_path: Path) -> None:
    changes = {**QUICK[method], "codec": "sparse-tokens:kept=20,fit=5"}
    begun, ended = (
        condenset.distill(TASK, method, size=Size(per_class=1), changes={**changes, "steps": steps}) for steps in (0, 3)
    )
    moved = (ended.decode().inputs - begun.decode().inputs).square().mean().sqrt()
    assert isinstance(ended.codec, SparseTokens) and 1e-4 < moved < 3
    again = condenset.load(ended.save(tmp_path / "set"))
    assert torch.equal(again.decode().inputs, ended.decode().inputs)


def test_requests_that_do_not_fit_are_refused() -> None:
    with pytest.raises(RequestError, match="fitted in 0 steps"):
        SparseTokens.encode(normal(4, 1, 8, 8), TASK, fit=0)
    with pytest.raises(RequestError, match="use codec raw"):
        SparseTokens.encode(normal(4, 8), TASK)


@pytest.mark.parametrize(
    "change", [{"kept": 8}, {"kept": True}, {"tokens": 6}, {"width": 8}, {"heads": 4}, {"blocks": 2}, {"patch": 1}]
)
def test_fields_that_do_not_fit_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ArtifactError):
        SparseTokens.restore(stored().fields() | change, stored().state_dict())


@pytest.mark.parametrize(
    "change",
    [
        {"values": normal(4, 14)},
        {"values": normal(3, 14).half()},
        {"patches": torch.full((4, 7), 255, dtype=torch.uint8)},
        {"tokens": torch.full((4, 6), 255, dtype=torch.uint8)},
        {"tokens": torch.zeros(4, 5, dtype=torch.uint8)},
        {"shared.head": normal(1, 18, 7)},
    ],
)
def test_tensors_that_do_not_fit_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ArtifactError):
        SparseTokens.restore(stored().fields(), stored().state_dict() | change)
