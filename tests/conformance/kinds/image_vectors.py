"""Vectors of digits, by a tiny encoder."""

from __future__ import annotations

from condenset.tasks.image_vectors.loading import vectors_of
from condenset.tasks.task import Task
from tests.conformance.kinds import encoded

NETWORK = "mlp:width=8,depth=1"
RELATED = True


def make(held_out: float = 0.0) -> Task:
    """Those of 60 digits 0, 1 and 2; test pixels are all `held_out`."""
    return vectors_of(encoded.make(held_out))
