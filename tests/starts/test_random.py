"""Random real examples: uniform within a group."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.starts.random import random
from tests.examples import blobs


def test_every_member_is_as_likely_as_any_other() -> None:
    task = blobs()
    members = task.train.members(1)
    found = torch.zeros(len(members))
    for seed in range(300):
        batch = random(task, torch.tensor([1, 2, 1]), Rng(seed))
        for row in batch.inputs[1:3]:
            found += (task.train.batch.inputs[members] == row).all(1)
    expected = 600 / len(members)
    assert ((found - expected) ** 2 / expected).sum() < 2 * len(members)
