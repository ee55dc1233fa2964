"""Trajectory matching (Cazenavette et al., Dataset Distillation by Matching Training Trajectories, CVPR 2022,
arXiv 2203.11932): training on the set should move a network as training on the data moved an expert.

Minimises |theta_S - theta*_{t+M}|^2 / |theta*_t - theta*_{t+M}|^2.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from condenset.core.errors import RequestError
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.objectives.inner_loop import InnerLoop
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class TrajectoryMatching:
    """Matching against the goals that an expert source draws.

    Attributes:
        inner: how the student is trained on the set.
    """

    inner: InnerLoop

    def begin(self, task: Task, execution: Execution = HERE) -> RunningTrajectoryMatching:
        """Nothing is kept between steps."""
        return RunningTrajectoryMatching(self.inner, task)


class RunningTrajectoryMatching:
    """The objective during one run."""

    def __init__(self, inner: InnerLoop, task: Task) -> None:
        """Args: inner, the student's training; task, the data."""
        self._inner, self._task = inner, task

    def terms(self, synthetic: SyntheticSet, draw: Draw, rng: Rng) -> dict[str, Tensor]:
        """One term, "trajectory": the normalised squared distance to the expert's later parameters."""
        if draw.goal is None:
            raise RequestError("trajectory matching needs a source of experts: this source draws no goal")
        student = self._inner.train(draw.network, synthetic, self._task, rng)
        travelled = (draw.network.flat() - draw.goal).square().sum()
        return {"trajectory": (student - draw.goal).square().sum() / travelled}
