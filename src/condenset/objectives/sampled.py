"""Another objective on examples that are drawn from a set of distributions, anew at every step.

The temperature of the draw falls: early steps see graphs that are soft and well differentiable, later ones such as the
set is stored as in the end (binary concrete relaxation, as DosCond and KiDD learn graphs).
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from condenset.core.errors import RequestError
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.objectives.objective import Objective
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Sampled:
    """Its steps cannot be compared: they see other graphs as the temperature falls.

    Attributes:
        objective: what pulls at the examples that are drawn.
        warm, cold: temperatures of the first step and of those from `until` on, between which it falls geometrically.
        until: share of the steps.
    """

    objective: Objective
    warm: float = 1.0
    cold: float = 0.01
    until: float = 1.0

    def __post_init__(self) -> None:
        """Raises `RequestError` for temperatures that are none."""
        if not (0 < self.cold <= self.warm and 0 < self.until <= 1):
            raise RequestError(
                f"temperatures fall from {self.warm} to {self.cold} in a share of {self.until}: expected numbers above "
                "0, the first no less than the second, and a share of up to 1"
            )

    def temperature_at(self, progress: float) -> float:
        """Of a step. Args: progress, share of the steps that are done."""
        return self.warm * (self.cold / self.warm) ** min(1.0, progress / self.until)

    def begin(self, task: Task, execution: Execution = HERE) -> RunningSampled:
        """Start a run."""
        return RunningSampled(self, task, execution)


class RunningSampled:
    """The objective during one run."""

    def __init__(self, sampled: Sampled, task: Task, execution: Execution) -> None:
        """Args: sampled, its numbers; task, the data; execution, of the run."""
        self._sampled, self._objective = sampled, sampled.objective.begin(task, execution)

    def terms(self, synthetic: SyntheticSet, draw: Draw, rng: Rng) -> dict[str, Tensor]:
        """Those of the objective on a sample. Raises `RequestError` for a set that nothing can be drawn from."""
        drawn = synthetic.codec.sampled(self._sampled.temperature_at(draw.progress), rng.child("sample"))
        return self._objective.terms(synthetic.replaced(codec=drawn), draw, rng)
