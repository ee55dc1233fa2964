"""What a start is: a function that picks or makes the examples that a set begins from."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.graph import Graph
from condenset.core.registry import Registry
from condenset.core.rng import Rng
from condenset.kernels.propagation import induced
from condenset.tasks.task import Task

STARTS = Registry("starts", "START", "start")


@runtime_checkable
class Start(Protocol):
    """Each start file ends in `START = its function`."""

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """A batch of `counts[g]` examples for every group g, group after group."""


def cut_out(batch: Batch, index: Int[Tensor, " chosen"]) -> Batch:
    """The chosen examples as a batch of their own; nodes keep the edges between them."""
    if isinstance(batch.inputs, Graph):
        return Batch(
            induced(batch.inputs, index), batch.targets[index], batch.groups[index], torch.ones(len(index))
        )
    return batch.select(index)
