"""RDED's start: images of the class that the network is surest of, whole crops or mosaics, and what is refused."""

from __future__ import annotations

import pytest
import torch

from condenset.assets.teacher_store import Squeeze
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.sources.pretrained import Pretrained
from condenset.starts.patches import Patches
from condenset.starts.random import random
from tests.examples import digits

NAME = "convnet:width=8,depth=2,norm=batch"
SOURCE = Pretrained(Squeeze(epochs=8, examples=600, batch=32))
COUNTS = torch.tensor([3, 1, 2, 1, 1, 1, 1, 1, 1, 1])


def losses(images: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.cross_entropy(SOURCE.trained(digits(), NAME)(images).logits, labels, reduction="none")


@pytest.mark.parametrize("factor", [1, 2])
def test_there_are_so_many_of_every_class_and_the_stream_decides(factor: int) -> None:
    start = Patches(SOURCE, NAME, factor, candidates=40)
    batch, again, other = (start(digits(), COUNTS, Rng(seed)) for seed in (0, 0, 1))
    assert torch.bincount(batch.groups).tolist() == COUNTS.tolist()
    assert batch.inputs.shape == (int(COUNTS.sum()), 1, 8, 8)
    assert torch.equal(batch.inputs, again.inputs)
    assert not torch.equal(batch.inputs, other.inputs)


def test_the_network_is_surer_of_them_than_of_random_images() -> None:
    """Measured: a mean loss of 0.10 against 0.66."""
    batch = Patches(SOURCE, NAME, candidates=60)(digits(), COUNTS, Rng(0))
    others = random(digits(), COUNTS, Rng(0))
    assert losses(batch.inputs, batch.groups).mean() < 0.3 * losses(others.inputs, others.groups).mean()


def test_whole_images_are_among_the_candidates_best_first() -> None:
    """Squares that cover all of an image are that image."""
    batch = Patches(SOURCE, NAME, candidates=50, crops=1, smallest=1.0)(digits(), COUNTS, Rng(0))
    real = digits().train.all().inputs.flatten(1)
    apart = (batch.inputs.flatten(1)[:, None] - real).abs().amax(2)
    assert apart.min(1).values.max() < 1e-4
    first = losses(batch.inputs[:3], batch.groups[:3])
    assert torch.equal(first, first.sort().values)


def test_more_patches_than_images_are_refused() -> None:
    with pytest.raises(RequestError, match=r"200 mosaics of 2x2 patches need 800 images of '0'.*start.factor=1"):
        Patches(SOURCE, NAME, 2)(digits(), torch.full((10,), 200), Rng(0))
