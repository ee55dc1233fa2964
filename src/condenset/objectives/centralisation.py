"""Synthetic examples of a class stay close to each other (Deng et al., Exploiting Inter-sample and Inter-feature
Relations in Dataset Distillation, CVPR 2024, arXiv 2404.00563)."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.nets.compiled import compiled
from condenset.signals.signal import Sums
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Centralisation:
    """How much it counts.

    Attributes:
        weight: of the summed squared distances between an embedding and the mean of its group.
    """

    weight: float = 0.05

    def begin(self, task: Task, execution: Execution = HERE) -> RunningCentralisation:
        """Start for one run."""
        return RunningCentralisation(self, task, execution)


class RunningCentralisation:
    """Nothing is kept between steps."""

    def __init__(self, objective: Centralisation, task: Task, execution: Execution) -> None:
        """Args: objective, its numbers; task, the data; execution, how many steps lie ahead, and precision."""
        self._objective, self._task, self._execution = objective, task, execution

    def terms(self, synthetic: SyntheticSet, draw: Draw, rng: Rng) -> dict[str, Tensor]:
        """One term, "centralisation", under the trained network that the step's one is made from where there is one."""
        batch = draw.augmented(synthetic.decode(), self._task)
        network = compiled(draw.trained or draw.network, self._task.input_spec, 3 * len(batch), self._execution)
        embedding = network(batch.inputs).embedding
        (centres,) = Sums.of([embedding], batch, len(self._task.groups)).mean()
        apart = (embedding - centres[batch.groups]).square().sum(1)
        return {"centralisation": self._objective.weight * (apart * batch.weight).sum()}
