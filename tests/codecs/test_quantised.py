"""Quantised: the stored bytes, images of eight bits kept exactly, what is learnt and what is stored, refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

import condenset
from condenset.codecs.quantised import LearntQuantised, Quantised
from condenset.core.budget import Size
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.registries import CODECS
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.recipe import price, recipe_for
from condenset.tasks.image import open_images
from tests.examples import stored_bytes

TASK = open_images("digits")


def images(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=Rng(0).torch())


def bytes_of(codec: torch.nn.Module) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in codec.state_dict().values())


def test_images_of_eight_bits_are_kept() -> None:
    levels = torch.randint(256, (4, 3, 5, 7), generator=Rng(0).torch())
    levels[0, :, 0, :2] = torch.tensor([0, 255])
    pixels = (levels / 255 - 0.45) / 0.2
    stored = Quantised.encode(pixels, TASK).stored()
    assert torch.allclose(stored(), pixels, atol=1e-6)
    assert torch.equal(stored.packed.view(4, 3, 5, 7), levels.to(torch.uint8))


@pytest.mark.parametrize("bits", range(1, 9))
def test_what_is_learnt_and_what_is_stored_decode_to_the_same_bits(bits: int) -> None:
    learnt = Quantised.encode(images(4, 3, 5, 7), TASK, bits)
    learnt.data.data += images(4, 3, 5, 7)
    stored = learnt.stored()
    again = CODECS.get("quantised").restore(stored.fields(), stored.state_dict())
    assert torch.equal(stored(), learnt()) and torch.equal(again(), learnt())
    assert torch.equal(again(torch.tensor([2, 0])), learnt()[[2, 0]])
    assert len(learnt().unique()) <= 3 * 2**bits
    assert bytes_of(stored) == 4 * Quantised.item_bytes(Leaf((3, 5, 7)), bits) + 3 * 8
    assert again.fields() == learnt.fields() == {"input_shape": [3, 5, 7], "bits": bits}


def test_descent_reaches_a_goal_as_near_as_levels_allow() -> None:
    start, goal = images(2, 1, 4, 4), images(2, 1, 4, 4).flip(0)
    learnt: LearntQuantised = Quantised.encode(start, TASK, 4)
    optimiser = torch.optim.SGD(learnt.parameter_groups()["data"], lr=0.1)
    for _ in range(100):
        optimiser.zero_grad()
        ((learnt() - goal) ** 2).sum().backward()
        optimiser.step()
    step = float(learnt.levels.scale)
    assert (learnt.stored()() - goal).abs().max() <= step  # the nearest level, or the next one
    assert ((learnt.stored()() - goal) ** 2).mean() < 0.02 * ((start - goal) ** 2).mean()


def test_a_budget_of_bytes_lies_in_the_file(tmp_path: Path) -> None:
    changes = {"codec": "quantised:bits=4", "steps": 3, "network": "convnet:width=4,depth=1", "source.size": 2}
    item, shared = price(TASK, recipe_for("dm", TASK, torch.ones(10, dtype=torch.int64), changes))
    assert (item, shared) == (32 + 1, 8)
    synthetic = condenset.distill(TASK, "dm", size=Size(bytes=40 * item + shared), changes=changes)
    assert len(synthetic) == 40 and synthetic.nbytes().total == 40 * item + shared
    assert stored_bytes(synthetic, tmp_path / "set") == 40 * item + shared
    stored = synthetic.codec.state_dict()["packed"]
    assert (stored.dtype, stored.shape) == (torch.uint8, (40, 32))


def test_requests_that_do_not_fit_are_refused() -> None:
    with pytest.raises(RequestError, match="stored in 9 bits: expected 1 to 8"):
        Quantised.encode(images(4, 1, 8, 8), TASK, 9)
    with pytest.raises(RequestError, match="stored in 0 bits: expected 1 to 8"):
        Quantised.item_bytes(TASK.input_spec, 0)
    with pytest.raises(RequestError, match="use codec raw"):
        Quantised.encode(images(4, 8), TASK)


@pytest.mark.parametrize(
    "change", [{"bits": bits} for bits in (0, 9, 4, None, "8", True)] + [{"input_shape": [1, 8, 9]}, {"input_shape": 8}]
)
def test_fields_that_do_not_fit_are_refused(change: dict[str, Any]) -> None:
    stored = Quantised.encode(images(4, 1, 8, 8), TASK).stored()
    with pytest.raises(ArtifactError):
        Quantised.restore(stored.fields() | change, stored.state_dict())
