"""Trajectory matching (Cazenavette et al., Dataset Distillation by Matching Training Trajectories, CVPR 2022,
arXiv 2203.11932): training on the set should move a network as training on the data moved an expert.

Minimises |theta_S - theta*_{t+M}|^2 / |theta*_t - theta*_{t+M}|^2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor
from torch.linalg import vector_norm
from torch.utils import _pytree

from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.objectives.inner_loop import InnerLoop
from condenset.objectives.objective import StatelessObjective, Terms
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet, stages_of
from condenset.tasks.task import Task


@dataclass(frozen=True)
class TrajectoryMatching(StatelessObjective):
    """Matching against the goals that an expert source draws.

    Attributes:
        inner: how the student is trained on the set.
        unmatched: share of the parameters, from the first layer on, that is left out of the distance (Li et al.,
            Prioritize Alignment in Dataset Distillation, arXiv 2408.03360).
        ignored_above: a distance above this gives no gradient (Guo et al., DATM, arXiv 2310.05773); None: all do.
        squared: whether lengths are squared before one is divided by the other.
        embedding: weight of the expert's own loss, at its goal, on the set with its labels as they are: "knowledge
            embedding extraction" (Zhang et al., GEOM, ICML 2024, arXiv 2402.05011); 0: none.
        stages: parts of the set that a sequential source distils one after another; earlier ones are taught from and
            left as they are, later ones wait.
    """

    unlearnt: ClassVar[float] = 1.0  # a student that stands still

    inner: InnerLoop = field(default_factory=lambda: InnerLoop(steps=20, batch=256, augment=True))
    unmatched: float = 0.0
    ignored_above: float | None = None
    squared: bool = True
    embedding: float = 0.0
    stages: int = 1

    def judged(self, terms: Mapping[str, float]) -> float:
        """The distance to the expert alone, by which steps of a run are compared."""
        return terms["trajectory"]

    def measured(self, synthetic: SyntheticSet, draw: Draw, task: Task, rng: Rng, execution: Execution) -> Terms:
        """ "trajectory", the normalised distance to the expert's later parameters, and "embedding" if it has weight."""
        goal = expected_goal(draw)
        terms = {"trajectory": self.distance(draw, self.student(synthetic, draw, task, rng, execution), goal)}
        if self.embedding:
            batch = synthetic.decode()
            logits = draw.network(batch.inputs, draw.network.unflatten(goal)).logits
            loss = task.mean_loss(logits, replace(batch, targets=batch.targets.detach()))
            terms["embedding"] = self.embedding * loss
        return terms

    def student(
        self, synthetic: SyntheticSet, draw: Draw, task: Task, rng: Rng, execution: Execution
    ) -> Float[Tensor, " parameters"]:
        """Parameters after training on the set from the draw's network, differentiable in the set."""
        batch = synthetic.decode() if draw.stage is None else self._until(draw.stage, synthetic.decode())
        return self.inner.descend(draw.network, batch, synthetic.rates(), task, rng, execution)

    def distance(
        self, draw: Draw, student: Float[Tensor, " parameters"], goal: Float[Tensor, " parameters"]
    ) -> Float[Tensor, ""]:
        """Of a student to the goal, as a share of the way from the start to the goal, both squared or neither."""
        start = draw.network.flat()
        matched = slice(int(self.unmatched * len(start)), None)
        travelled = (start - goal)[matched].square().sum()
        distance = (student - goal)[matched].square().sum() / travelled
        if not self.squared:
            distance = vector_norm((student - goal)[matched]) / travelled.sqrt()
        return distance.clamp(max=self.ignored_above or float("inf"))

    def _until(self, stage: int, batch: Batch) -> Batch:
        """The examples of the parts up to this stage, those of the earlier ones as constants."""
        stages, earlier = stages_of(batch.groups, self.stages), batch.detach()

        def held(value: Tensor, constant: Tensor) -> Tensor:
            open_rows = (stages == stage).view(-1, *[1] * (value.dim() - 1))
            return torch.where(open_rows, value, constant)

        batch = replace(
            batch,
            inputs=_pytree.tree_map(held, batch.inputs, earlier.inputs),
            targets=held(batch.targets, earlier.targets),
        )
        return batch.select((stages <= stage).nonzero().flatten())


def expected_goal(draw: Draw) -> Float[Tensor, " parameters"]:
    """Where a draw's trajectory should arrive. Raises `RequestError` where its source knows no such."""
    if draw.goal is None:
        raise RequestError("trajectory matching needs a source of experts: this source draws no goal")
    return draw.goal
