"""Components: stored bytes, how near images are, what is learnt and what is stored, few examples, refusals."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from condenset.codecs.codec import CODECS
from condenset.codecs.components import Components, LearntComponents
from condenset.codecs.quantised import Quantised
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.tasks.image import open_images

TASK = open_images("digits")
DIGITS = TASK.train.all().inputs


def bytes_of(codec: torch.nn.Module) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in codec.state_dict().values())


def unexplained(images: torch.Tensor) -> float:
    return float((images - DIGITS).square().sum() / (DIGITS - DIGITS.mean(0)).square().sum())


def test_images_are_nearer_than_levels_of_pixels_at_the_same_bytes() -> None:
    """Beside those of exact components, which NumPy finds: rounding to a byte for two of them adds little."""
    stored = Components.encode(DIGITS, TASK, 16, 8).stored()
    flat = DIGITS.flatten(1).double().numpy()
    share = np.linalg.eigvalsh(np.cov(flat.T))
    exact = share[:-16].sum() / share.sum()
    assert exact <= unexplained(stored()) < exact + 0.03
    assert bytes_of(stored) == len(DIGITS) * 8 + Components.shared_bytes(Leaf((1, 8, 8)), 16, 8)
    pixels = Quantised.encode(DIGITS, TASK, 1)
    assert bytes_of(pixels.stored()) >= len(DIGITS) * 8 and unexplained(pixels()) > 2 * unexplained(stored())


def test_more_bytes_are_nearer() -> None:
    found = [unexplained(Components.encode(DIGITS, TASK, 16, size)()) for size in (2, 4, 8, 16)]
    assert all(few > 1.05 * more for few, more in pairwise(found)), found


@pytest.mark.parametrize(("count", "size"), [(8, 1), (16, 7), (16, 16), (64, 24)])
def test_what_is_learnt_and_what_is_stored_decode_to_the_same_bits(count: int, size: int) -> None:
    learnt = Components.encode(DIGITS[:90], TASK, count, size)
    learnt.data.data += torch.randn(learnt.data.shape, generator=Rng(0).torch())
    stored = learnt.stored()
    again = CODECS.get("components").restore(stored.fields(), stored.state_dict())
    assert torch.equal(stored(), learnt()) and torch.equal(again(), learnt())
    assert torch.allclose(again(torch.tensor([2, 0])), learnt()[[2, 0]], atol=1e-5)
    assert stored.packed.shape == (90, size) and int(stored.frame.bits.sum()) == 8 * size


def test_descent_reaches_an_image_of_the_set() -> None:
    learnt: LearntComponents = Components.encode(DIGITS[:200], TASK, 32, 32)
    goal = learnt().detach()[:20].flip(0)
    optimiser = torch.optim.SGD(learnt.parameter_groups()["data"], lr=0.1)
    first = torch.arange(20)
    began = float((learnt(first) - goal).square().mean())
    for _ in range(60):
        optimiser.zero_grad()
        (learnt(first) - goal).square().sum().backward()
        optimiser.step()
    assert float((learnt.stored()(first) - goal).square().mean()) < 0.01 * began


def test_fewer_images_than_components_are_kept() -> None:
    few = DIGITS[:3]
    assert (Components.encode(few, TASK, 8, 8)() - few).abs().max() < 0.1


@pytest.mark.parametrize(
    ("count", "size", "match"),
    [(0, 1, "64 components at most: got count=0"), (65, 20, "got count=65"), (8, 9, "take 1 to 8 bytes"), (17, 2, "3")],
)
def test_bytes_that_components_cannot_use_are_refused(count: int, size: int, match: str) -> None:
    with pytest.raises(RequestError, match=match):
        Components.item_bytes(Leaf((1, 8, 8)), count, size)
    with pytest.raises(RequestError, match=match):
        Components.encode(DIGITS[:20], TASK, count, size)


@pytest.mark.parametrize(
    ("name", "change", "match"),
    [
        ("frame.bits", lambda bits: bits - bits, "do not fit"),
        ("frame.bits", lambda bits: bits.float(), "whole numbers"),
        ("frame.rows", lambda rows: rows[:-1], "do not fit"),
        ("frame.rows", lambda rows: rows.long(), "are bytes"),
        ("packed", lambda stored: stored[:, 1:], "do not fit"),
        ("frame.along.scale", lambda scale: scale[1:], "levels of 7 and 8 channels"),
    ],
)
def test_altered_tensors_are_refused(name: str, change: Any, match: str) -> None:
    stored = Components.encode(DIGITS[:20], TASK, 8, 4).stored()
    tensors = stored.state_dict()
    with pytest.raises(ArtifactError, match=match):
        Components.restore(stored.fields(), tensors | {name: change(tensors[name])})
