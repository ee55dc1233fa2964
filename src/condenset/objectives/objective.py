"""What an objective is: named scalar terms whose gradient pulls the synthetic set towards the data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

from torch import Tensor

from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task

Terms = dict[str, Tensor]  # named scalars, differentiable in the set


@runtime_checkable
class RunningObjective(Protocol):
    """An objective during one run; what it caches can be computed again from the seed.

    One that is `AfterStep`, too, may change what a set keeps beside what is learnt, where a resumed run finds it.
    """

    def terms(self, synthetic: SyntheticSet, draw: Draw, rng: Rng) -> dict[str, Tensor]:
        """Named scalars, differentiable in the set; their sum is minimised."""


@runtime_checkable
class Objective(Protocol):
    """A frozen dataclass that holds an objective's numbers."""

    def begin(self, task: Task, execution: Execution = HERE) -> RunningObjective:
        """Start for one run; the default execution is for a step or two."""


class StatelessObjective(ABC):
    """An objective that keeps nothing from one step to the next."""

    def begin(self, task: Task, execution: Execution = HERE) -> RunningObjective:
        """Start for one run."""
        return _OnData(self, task, execution)

    @abstractmethod
    def measured(self, synthetic: SyntheticSet, draw: Draw, task: Task, rng: Rng, execution: Execution) -> Terms:
        """The terms of one step. Args: task, the data; execution, how many steps lie ahead, and precision."""


@dataclass(frozen=True)
class _OnData:
    objective: StatelessObjective
    task: Task
    execution: Execution

    def terms(self, synthetic: SyntheticSet, draw: Draw, rng: Rng) -> Terms:
        return self.objective.measured(synthetic, draw, self.task, rng, self.execution)


@runtime_checkable
class Comparable(Protocol):
    """An objective whose steps can be compared.

    A run that ends clearly worse than a set that teaches nothing has failed, however finite its numbers are; where that
    is not known, one that ends clearly worse than it began.

    Attributes:
        unlearnt: what `judged` is of a set that teaches nothing, the same under all networks; 0 where there is no such
            number, and steps are comparable as far as networks are drawn alike.
    """

    unlearnt: ClassVar[float]

    def judged(self, terms: Mapping[str, float]) -> float:
        """What is compared of a step's terms: the less the better, and never below 0."""
