"""Trajectory matching that holds on to the embedding, too: where the student arrives, the set should look as it does
where the expert arrived (CondTSC: Liu et al., Dataset Condensation for Time Series Classification via Dual Domain
Matching, KDD 2024, arXiv 2403.07245).

Beside the trajectory it minimises the mean of (f(s; theta_S) - f(s; theta*_{t+M}))² over the embeddings f of the set.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.objectives.trajectory_matching import RunningTrajectoryMatching, TrajectoryMatching, expected_goal
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class EmbeddedTrajectory(TrajectoryMatching):
    """Attributes: embedding, weight of the embeddings' distance; the rest as of `TrajectoryMatching`."""

    embedding: float = 1.0

    def begin(self, task: Task, execution: Execution = HERE) -> RunningEmbeddedTrajectory:
        """Nothing is kept between steps."""
        return RunningEmbeddedTrajectory(self, task, execution)


class RunningEmbeddedTrajectory(RunningTrajectoryMatching):
    """The objective during one run."""

    def __init__(self, objective: EmbeddedTrajectory, task: Task, execution: Execution) -> None:
        """Args: as of `RunningTrajectoryMatching`."""
        super().__init__(objective, task, execution)
        self._weight = objective.embedding

    def terms(self, synthetic: SyntheticSet, draw: Draw, rng: Rng) -> dict[str, Tensor]:
        """Two terms: "trajectory", and "embedding", the weighted mean squared distance of the embeddings."""
        goal, student = expected_goal(draw), self.student(synthetic, draw, rng)
        inputs = synthetic.decode().inputs
        at_student, at_goal = (draw.network.at(point)(inputs).embedding for point in (student, goal))
        distance = (at_student - at_goal).square().mean()
        return {"trajectory": self.distance(draw, student, goal), "embedding": self._weight * distance}
