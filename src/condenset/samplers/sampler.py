"""What a sampler is: a function that picks the real examples whose signal the set is matched to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.nets.network import Network
from condenset.tasks.task import Task


@runtime_checkable
class Sampler(Protocol):
    """A plain function, so that what it picks follows from its arguments alone."""

    __name__: str

    def __call__(self, task: Task, network: Network, per_group: int, rng: Rng) -> Batch:
        """Up to `per_group` training examples of every group, group after group; all of a smaller group.

        Args: network, the one that the examples will be measured under.
        """


def picked(batch: Batch, groups: int, choose: Callable[[int, Int[Tensor, " own"]], Int[Tensor, " taken"]]) -> Batch:
    """The examples that `choose` takes, called with each group and the indices of its examples."""
    there = batch.examples()
    return batch.select(torch.cat([choose(group, there[batch.groups[there] == group]) for group in range(groups)]))


def some_of(batch: Batch, groups: int, count: int | None, rng: Rng) -> Batch:
    """Up to `count` random examples of every group, without replacement; the batch itself for None."""
    if count is None:
        return batch

    def some(group: int, own: Int[Tensor, " own"]) -> Int[Tensor, " taken"]:
        return own[torch.randperm(len(own), generator=rng.child(group).torch())[:count]]

    return picked(batch, groups, some)
