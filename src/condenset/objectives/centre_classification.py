"""Real examples are told apart by the centres of the synthetic classes (Wang et al., CAFE: Learning to Condense Dataset
by Aligning Features, CVPR 2022, arXiv 2203.01531)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.nets.compiled import compiled
from condenset.signals.mean_embedding import MeanEmbedding
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class CentreClassification:
    """How much it counts, and of how many examples.

    Attributes:
        weight: of the summed cross-entropy whose logits (examples, groups) are the products of real embeddings and the
            class means of synthetic ones.
        per_group: real examples per group.
    """

    weight: float = 0.01
    per_group: int = 64

    def begin(self, task: Task, execution: Execution = HERE) -> RunningCentreClassification:
        """Start for one run."""
        return RunningCentreClassification(self, task, execution)


class RunningCentreClassification:
    """Nothing is kept between steps."""

    def __init__(self, objective: CentreClassification, task: Task, execution: Execution) -> None:
        """Args: objective, its numbers; task, the data; execution, how many steps lie ahead, and precision."""
        self._objective, self._task, self._execution = objective, task, execution

    def terms(self, synthetic: SyntheticSet, draw: Draw, rng: Rng) -> dict[str, Tensor]:
        """One term, "discrimination"."""
        batch = draw.augmented(synthetic.decode(), self._task)
        real = self._task.train.sample(self._objective.per_group, rng.child("real"))
        passes = 3 * len(batch) + len(real)
        network = compiled(draw.network, self._task.input_spec, passes, self._execution)
        (centres,) = MeanEmbedding().sums(network, batch, self._task).mean()
        with torch.no_grad():
            embedding = network(draw.augmented(real, self._task).inputs).embedding
        losses = F.cross_entropy(embedding @ centres.T, real.groups, reduction="none")
        return {"discrimination": self._objective.weight * (losses * real.weight).sum()}
