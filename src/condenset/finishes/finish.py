"""What a finish is: what happens to a set after its last step."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from condenset.core.rng import Rng
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@runtime_checkable
class Finish(Protocol):
    """Each finish file ends in `FINISH = its function`, or its class with the fields' defaults."""

    def __call__(self, task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
        """The finished set."""


@runtime_checkable
class Chooses(Finish, Protocol):
    """A finish that chooses among the sets of a run: the finishes are given the one whose loss was least."""

    @property
    def every(self) -> int:
        """Steps from one set that is judged to the next; the last one is, too."""

    def loss(self, task: Task, synthetic: SyntheticSet, rng: Rng) -> float:
        """How badly a set does; the less the better."""


@runtime_checkable
class StoresLabels(Finish, Protocol):
    """A finish that stores other labels than the recipe's."""

    def label_bytes(self, task: Task) -> tuple[int, int]:
        """Bytes of an item's label, and bytes that labels take besides."""
