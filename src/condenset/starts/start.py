"""What a start is: a function that picks or makes the examples that a set begins from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.graph import Graph
from condenset.core.registry import Registry
from condenset.core.rng import Rng
from condenset.kernels.propagation import induced
from condenset.tasks.task import Task, View
from condenset.tasks.view import TrainView

STARTS = Registry("starts", "START", "start")
Represented = Callable[[Tensor], tuple[Tensor, Tensor]]  # indices of examples -> their vectors (n, d), their targets

_CHOICE = 10  # candidates for each example that is chosen, at least


@runtime_checkable
class Start(Protocol):
    """Each start file ends in `START = its function`."""

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """A batch of `counts[g]` examples for every group g, group after group."""


def cut_out(view: View, index: Int[Tensor, " chosen"]) -> Batch:
    """The chosen examples as a batch of their own; nodes keep the edges between them."""
    if isinstance(view, TrainView) and isinstance(view.batch.inputs, Graph):
        targets, groups = view.batch.targets[index], view.batch.groups[index]
        return Batch(induced(view.batch.inputs, index), targets, groups, view.batch.weight.new_ones(len(index)))
    return view.select(index)


def represented(task: Task) -> Represented:
    """Gives examples' vectors (n, d), in the modality's representation, and targets.

    Data in memory are represented once.
    """
    view, represent = task.train, task.modality.represent
    if isinstance(view, TrainView):
        vectors, targets = represent(view.batch.inputs), view.batch.targets
        return lambda index: (vectors[index], targets[index])

    def read(index: Tensor) -> tuple[Tensor, Tensor]:
        batch = view.select(index)
        return represent(batch.inputs), batch.targets

    return read


def candidates(task: Task, group: int, count: int) -> Int[Tensor, " n"]:
    """A group's examples to choose `count` from: all of them in memory, a random part of those on disk."""
    return next(task.train.parts(group, _CHOICE * count))


def group_mean(task: Task, group: int, examples: Represented) -> Float[Tensor, " d"]:
    """The mean (d,) of all of a group's vectors (n, d), in one pass."""
    parts = [examples(part)[0].sum(0) for part in task.train.parts(group)]
    return torch.stack(parts).sum(0) / task.train.counts()[group]
