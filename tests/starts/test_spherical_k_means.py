"""Clusters of directions: lengths do not decide, and means are of the vectors themselves."""

from __future__ import annotations

import numpy as np
import torch

from condenset.core.rng import Rng
from condenset.starts.k_means import k_means
from condenset.starts.spherical_k_means import spherical_k_means
from condenset.tasks.tabular import table_from_arrays
from condenset.tasks.task import Task
from tests.examples import digits


def rays() -> Task:
    """In each class three directions, each of them short and long."""
    random = np.random.default_rng(0)
    angles = np.repeat([0.0, 2.1, 4.2], 20)
    lengths = np.tile([1.0, 8.0], 30)[:, None]
    points = lengths * (np.stack([np.cos(angles), np.sin(angles)], 1) + 0.02 * random.normal(size=(60, 2)))
    return table_from_arrays(np.concatenate([points, points]), np.repeat([0, 1], 60))


def test_means_are_those_of_vectors_of_one_direction() -> None:
    task = rays()
    counts = torch.tensor([3, 3])
    means, others = (start(task, counts, Rng(0)).inputs for start in (spherical_k_means, k_means))
    lengths = [rows[:3].norm(dim=1) for rows in (means, others)]
    assert lengths[0].max() < 1.5 * lengths[0].min()
    assert lengths[1].max() > 3 * lengths[1].min()


def test_a_mean_is_of_all_that_is_nearest_in_direction() -> None:
    task = digits()
    batch = spherical_k_means(task, torch.full((10,), 3), Rng(0))
    points = task.train.batch.inputs[task.train.members(4)].flatten(1).double()
    centres = batch.inputs[12:15].flatten(1).double()
    near = torch.nn.functional.normalize(points) @ torch.nn.functional.normalize(centres).T
    owners = near.argmax(1)
    for k in range(3):
        own = points[owners == k].mean(0)
        assert (own - centres[k]).norm() < 0.2 * centres[k].norm()
