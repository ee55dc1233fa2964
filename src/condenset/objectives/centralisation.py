"""Synthetic examples of a class stay close to each other (Deng et al., Exploiting Inter-sample and Inter-feature
Relations in Dataset Distillation, CVPR 2024, arXiv 2404.00563)."""

from __future__ import annotations

from dataclasses import dataclass

from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.nets.compiled import compiled
from condenset.objectives.objective import StatelessObjective, Terms
from condenset.signals.signal import Sums
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Centralisation(StatelessObjective):
    """How much it counts.

    Attributes:
        weight: of the summed squared distances between an embedding and the mean of its group.
    """

    weight: float = 0.05

    def measured(self, synthetic: SyntheticSet, draw: Draw, task: Task, rng: Rng, execution: Execution) -> Terms:
        """One term, "centralisation", under the trained network that the step's one is made from where there is one."""
        batch = draw.augmented(synthetic.decode(), task)
        network = compiled(draw.trained or draw.network, task.input_spec, 3 * len(batch), execution)
        embedding = network(batch.inputs).embedding
        (centres,) = Sums.of([embedding], batch, len(task.groups)).mean()
        apart = (embedding - centres[batch.groups]).square().sum(1)
        return {"centralisation": self.weight * (apart * batch.weight).sum()}
