"""Digits without labels, beside what a tiny encoder makes of them."""

from __future__ import annotations

from condenset.tasks.task import Task
from condenset.tasks.unlabelled_images.loading import unlabelled
from tests.conformance.kinds import encoded

NETWORK = "convnet:width=8,depth=1"
RELATED = True


def make(held_out: float = 0.0) -> Task:
    """60 digits 0, 1 and 2; test pixels are all `held_out`."""
    return unlabelled(encoded.make(held_out))
