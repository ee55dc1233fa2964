"""Random real examples that experts classify correctly, with what the experts say of them as labels."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.learners.learner import Model
from condenset.learners.sgd import predictor
from condenset.sources.expert import Expert
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Confident:
    """The start of DATM (Guo et al., ICLR 2024, arXiv 2310.05773); call it for a batch with soft labels.

    Attributes:
        source: the experts; their last checkpoints are asked.
        network: their architecture, None for the task's default.
        candidates: examples looked at for each one wanted; the others of a group follow where too few are right.
    """

    source: Expert = field(default_factory=Expert)
    network: str | None = None
    candidates: int = 8

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """`counts[g]` training examples of class g, labelled by the mean logits of the experts that are right."""
        batch = task.train.sample(self.candidates * int(counts.max()), rng)
        logits = torch.stack([model(batch.inputs) for model in self._experts(task)])
        right = logits.argmax(2) == batch.groups
        mean = (logits * right[..., None]).sum(0) / right.sum(0).clamp(min=1)[:, None]
        known = right.any(0)
        targets = mean.softmax(1).where(known[:, None], task.target.matrix(batch.targets))
        picks, there = [], batch.examples()
        for group, count in enumerate(counts.tolist()):
            members = there[batch.groups[there] == group]
            picks.append(members[(~known[members]).int().argsort(stable=True)[:count]])
        return replace(batch, targets=targets).cut_out(torch.cat(picks))

    def _experts(self, task: Task) -> list[Model]:
        store = self.source.store(task, self.network)
        last, template = self.source.kept[-1], task.network(self.network, Rng(0))
        ends = (store.checkpoint(number, last) for number in range(self.source.experts.count))
        return [predictor(template.at(end)) for end in ends]
