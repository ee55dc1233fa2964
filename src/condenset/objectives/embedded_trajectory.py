"""Trajectory matching that holds on to the embedding, too: where the student arrives, the set should look as it does
where the expert arrived (CondTSC: Liu et al., Dataset Condensation for Time Series Classification via Dual Domain
Matching, KDD 2024, arXiv 2403.07245).

Beside the trajectory it minimises the mean of (f(s; theta_S) - f(s; theta*_{t+M}))² over the embeddings f of the set.
"""

from __future__ import annotations

from dataclasses import dataclass

from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.objectives.objective import Terms
from condenset.objectives.trajectory_matching import TrajectoryMatching, expected_goal
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class EmbeddedTrajectory(TrajectoryMatching):
    """Attributes: embedding, weight of the embeddings' distance; the rest as of `TrajectoryMatching`."""

    embedding: float = 1.0

    def measured(self, synthetic: SyntheticSet, draw: Draw, task: Task, rng: Rng, execution: Execution) -> Terms:
        """Two terms: "trajectory", and "embedding", the weighted mean squared distance of the embeddings."""
        goal, student = expected_goal(draw), self.student(synthetic, draw, task, rng, execution)
        inputs = synthetic.decode().inputs
        at_student, at_goal = (draw.network.at(point)(inputs).embedding for point in (student, goal))
        distance = (at_student - at_goal).square().mean()
        return {"trajectory": self.distance(draw, student, goal), "embedding": self.embedding * distance}
