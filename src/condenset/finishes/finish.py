"""What a finish is: what happens to a set after its last step."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from condenset.core.registry import Registry
from condenset.core.rng import Rng
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task

FINISHES = Registry("finishes", "FINISH", "finish")


@runtime_checkable
class Finish(Protocol):
    """Each finish file ends in `FINISH = its function`, or its class with the fields' defaults."""

    def __call__(self, task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
        """The finished set."""


@runtime_checkable
class Chooses(Finish, Protocol):
    """A finish that is given, not the last set, but the one of all that it judged on the way whose loss was least.

    Attributes:
        every: steps from one set that is judged to the next, from the start on; the last one is, too.
    """

    every: int

    def loss(self, task: Task, synthetic: SyntheticSet, rng: Rng) -> float:
        """How badly a set does; the less the better."""
