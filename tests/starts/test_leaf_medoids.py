"""Medoids among leaves: what tells the classes apart decides which examples are alike."""

from __future__ import annotations

import numpy as np
import torch

from condenset.core.rng import Rng
from condenset.starts.leaf_medoids import leaf_medoids, leaves
from condenset.starts.medoids import medoids
from condenset.tasks.tabular import table_from_arrays
from condenset.tasks.task import Task


def stripes() -> Task:
    """Two classes that alternate along the first of 21 columns, whose others say nothing."""
    random = np.random.default_rng(0)
    rows = random.uniform(0, 4, size=(800, 21))
    return table_from_arrays(rows, rows[:, 0].astype(int) % 2)


def stripes_met(task: Task, inputs: torch.Tensor) -> int:
    """How many of the four stripes hold one of the examples, a column's least and greatest value being 0 and 4."""
    column, low = inputs[:, 0], task.train.batch.inputs[:, 0].min()
    return len(((column - low) / (task.train.batch.inputs[:, 0].max() - low) * 3.999).int().unique())


def test_every_stripe_gets_an_example() -> None:
    task, counts = stripes(), torch.tensor([2, 2])
    met = [
        [stripes_met(task, start(task, counts, Rng(seed)).inputs) for seed in range(2)]
        for start in (leaf_medoids, medoids)
    ]
    assert met[0] == [4, 4]
    assert sum(met[1]) < 7


def test_examples_of_a_stripe_are_nearer_than_those_of_the_other_one_of_their_class() -> None:
    task = stripes()
    vectors = leaves(task, Rng(0))(task.train.batch.inputs)
    stripe = task.train.batch.inputs[:, 0].argsort().argsort() * 4 // len(vectors)
    centres = torch.stack([vectors[stripe == number].mean(0) for number in range(4)])
    near = torch.cdist(vectors, centres).argmin(1)
    assert (near == stripe).float().mean() > 0.9
