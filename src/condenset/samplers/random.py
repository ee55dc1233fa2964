"""Random real examples of every group; whole groups where no more are there than asked for."""

from __future__ import annotations

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.nets.network import Network
from condenset.tasks.task import Task


def random(task: Task, network: Network, per_group: int, rng: Rng) -> Batch:
    """`per_group` examples of every group without replacement, inputs (n, ...)."""
    return task.train.sample(per_group, rng)
