"""The loss of the set itself under the network that it is matched in, so that its examples stay examples of their class
(Zhao et al., Improved Distribution Matching, CVPR 2023, arXiv 2307.09742; Wang et al., NCFM, CVPR 2025, 2502.20653)."""

from __future__ import annotations

from dataclasses import dataclass

from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.learners.sgd import predictor
from condenset.nets.compiled import compiled
from condenset.objectives.objective import StatelessObjective, Terms
from condenset.samplers.sampler import some_of
from condenset.signals.signal import Sums
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Calibration(StatelessObjective):
    """How much the set's own loss counts.

    Attributes:
        weight: of the sum of the groups' mean losses.
        judged_on: real examples on which the network's accuracy is measured, by which the loss is weighted besides;
            0 leaves it as it is.
        of_set: examples of the set per group and step, random ones; None: all.
    """

    weight: float = 1.0
    judged_on: int = 0
    of_set: int | None = None

    def measured(self, synthetic: SyntheticSet, draw: Draw, task: Task, rng: Rng, execution: Execution) -> Terms:
        """One term, "calibration", under the trained network that the step's one is made from where there is one."""
        groups, of_set = len(task.groups), self.of_set
        chosen = some_of(synthetic.decode(), groups, of_set, rng.child("synthetic"))
        batch = draw.augmented(chosen, task)
        network = compiled(draw.trained or draw.network, task.input_spec, 3 * len(batch), execution)
        losses = task.target.loss(network(batch.inputs).logits, batch.targets)
        (by_group,) = Sums.of([losses], batch, groups).mean()
        return {"calibration": self.weight * self._trust(draw, task, rng, execution) * by_group.sum()}

    def _trust(self, draw: Draw, task: Task, rng: Rng, execution: Execution) -> float:
        if self.judged_on == 0:
            return 1.0
        real = task.train.draw(self.judged_on, rng.child("judged"))
        return task.judged(predictor(draw.network, execution), real, rng)
