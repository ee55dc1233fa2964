"""Real examples are told apart by the centres of the synthetic classes (Wang et al., CAFE: Learning to Condense Dataset
by Aligning Features, CVPR 2022, arXiv 2203.01531)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.nets.compiled import compiled
from condenset.objectives.objective import StatelessObjective, Terms
from condenset.signals.mean_embedding import MeanEmbedding
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class CentreClassification(StatelessObjective):
    """How much it counts, and of how many examples.

    Attributes:
        weight: of the summed cross-entropy whose logits (examples, groups) are the products of real embeddings and the
            class means of synthetic ones.
        per_group: real examples per group.
    """

    weight: float = 0.01
    per_group: int = 64

    def measured(self, synthetic: SyntheticSet, draw: Draw, task: Task, rng: Rng, execution: Execution) -> Terms:
        """One term, "discrimination"."""
        batch = draw.augmented(synthetic.decode(), task)
        real = task.train.sample(self.per_group, rng.child("real"))
        passes = 3 * len(batch) + len(real)
        network = compiled(draw.network, task.input_spec, passes, execution)
        (centres,) = MeanEmbedding().sums(network, batch, task).mean()
        with torch.no_grad():
            embedding = network(draw.augmented(real, task).inputs).embedding
        losses = F.cross_entropy(embedding @ centres.T, real.groups, reduction="none")
        return {"discrimination": self.weight * (losses * real.weight).sum()}
