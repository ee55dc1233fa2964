"""Medoids: real examples, none twice, nearer to what they stand for than random ones."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.starts.medoids import medoids
from condenset.starts.random import random
from tests.examples import blobs

COUNTS = torch.tensor([4, 3, 5])


def test_they_are_real_examples_of_their_group_and_none_is_there_twice() -> None:
    task = blobs()
    chosen, train = medoids(task, COUNTS, Rng(0)), task.train.all()
    assert torch.equal(torch.bincount(chosen.groups), COUNTS)
    known = {tuple(row): group for row, group in zip(train.inputs.tolist(), train.groups.tolist(), strict=True)}
    rows = [tuple(row) for row in chosen.inputs.tolist()]
    assert [known[row] for row in rows] == chosen.groups.tolist()
    assert len(set(rows)) == len(rows)


def test_what_they_stand_for_is_nearer_than_random_examples_are() -> None:
    task = blobs()

    def far(start: object) -> float:
        chosen = start(task, COUNTS, Rng(0))  # type: ignore[operator]
        return torch.cdist(task.train.all().inputs, chosen.inputs).min(1).values.square().mean().item()

    assert far(medoids) < 0.8 * far(random)
