"""Test examples that were there to train on: what is scored on them is memory, whatever a set is worth."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from condenset.core import structure
from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.tasks.task import Task

_PASS = 4096  # examples read at a time


def duplicates(task: Task) -> int | None:
    """Test examples whose inputs are those of a training example, bit by bit.

    None where that cannot be told: examples are read together, as nodes of a graph, or do not fit into memory.
    """
    tested = task.held_out()
    if not structure.listed(tested.inputs) or not task.train.fits:
        return None
    trained = {digest for batch in task.train.epoch(_PASS, Rng(0)) for digest in _digests(batch)}
    return sum(digest in trained for digest in _digests(tested))


def _digests(batch: Batch) -> Iterator[bytes]:
    """A hash of every example's inputs."""
    rows = [leaf.detach().cpu().reshape(len(batch), -1).numpy() for leaf in structure.tensors(batch.inputs)]
    for parts in zip(*rows, strict=True):
        yield blake2b(b"".join(part.tobytes() for part in parts), digest_size=16).digest()
