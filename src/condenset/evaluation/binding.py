"""What an evaluation is of, by digests: another set's, or one on other data, is then not taken for this set's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from condenset.assets.signals import content_key
from condenset.core import structure
from condenset.core.batch import Batch
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Binding:
    """The sets that were graded and the data that they were graded on; the exam has a hash of its own.

    Attributes:
        sets: SHA-256 of the file with the tensors of each set.
        train: fingerprint of the training data, which baselines are drawn from.
        held_out: of the test data as learners see them.
    """

    sets: tuple[str, ...]
    train: str
    held_out: str


def bound_to(sets: tuple[str, ...], task: Task) -> Binding:
    """What an evaluation of sets on a task is of. Args: sets, the SHA-256 of each."""
    return Binding(sets, str(task.fingerprint.get("sha256", "")), held_out_digest(task))


def held_out_digest(task: Task) -> str:
    """32 hex digits that change with the inputs, targets and weights of the test data."""
    return _digest(task.held_out)


@lru_cache(maxsize=1)
def _digest(held_out: Callable[[], Batch]) -> str:
    batch = held_out()
    leaves = structure.tensors((batch.inputs, batch.targets, batch.weight))
    return content_key(part for leaf in leaves for part in _dense(leaf))


def _dense(leaf: Tensor) -> tuple[Tensor, ...]:
    if leaf.layout == torch.sparse_csr:
        return leaf.crow_indices(), leaf.col_indices(), leaf.values()
    return (leaf,)
