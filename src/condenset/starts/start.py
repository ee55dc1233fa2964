"""What a start is: a function that picks or makes the examples that a set begins from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.tasks.task import Task
from condenset.tasks.view import Represented

_CHOICE = 10  # candidates for each example that is chosen, at least


@runtime_checkable
class Start(Protocol):
    """Each start file ends in `START = its function`."""

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """A batch of `counts[g]` examples for every group g, group after group."""


def wanted(counts: Int[Tensor, " groups"]) -> Iterator[tuple[int, int]]:
    """The groups of which any examples are wanted, and how many."""
    return ((group, count) for group, count in enumerate(counts.tolist()) if count)


def represented(task: Task) -> Represented:
    """Reads examples' vectors (n, d), in the modality's representation, and targets."""
    return task.train.represented(task.modality.represent)


def candidates(task: Task, group: int, count: int) -> Int[Tensor, " n"]:
    """A group's examples to choose `count` from: all of them in memory, a random part of those on disk."""
    return next(task.train.parts(group, _CHOICE * count))


def group_mean(task: Task, group: int, examples: Represented) -> Float[Tensor, " d"]:
    """The mean (d,) of all of a group's vectors (n, d), in one pass."""
    parts = [examples(part)[0].sum(0) for part in task.train.parts(group)]
    return torch.stack(parts).sum(0) / task.train.counts()[group]
