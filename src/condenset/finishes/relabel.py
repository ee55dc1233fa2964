"""Labels of teachers: what learners that were trained on the data say of every item, on average."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.execution import HERE
from condenset.core.rng import Rng
from condenset.labels.soft import Soft
from condenset.learners.learner import LEARNERS, Learner
from condenset.learners.sgd import NetworkTraining
from condenset.learners.training import Training
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Relabel:
    """Soft labels of real examples are worth more than the examples (Qin, Deng and Alvarez-Melis, A Label is Worth a
    Thousand Images in Dataset Distillation, NeurIPS 2024, arXiv 2406.10485).

    Groups weigh alike in the teachers' training, as they have as many items each in most sets.

    Attributes:
        teachers: learners by name; empty: those of the kind of data.
        training: of those that are networks.
        most: training examples that they learn from, random ones where there are more.
    """

    teachers: tuple[str, ...] = ()
    training: Training = field(default_factory=lambda: Training(epochs=20, drop_at=(0.5, 0.75), augment=True))
    most: int = 20_000

    def __call__(self, task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
        """The same items with soft labels (items, outputs)."""
        lesson = balanced(task.train.draw(self.most, rng.child("lesson")))
        items = synthetic.decode().detach().inputs
        said = []
        for name in self.teachers or task.modality.teachers:
            model = self._learner(name).fit(lesson, task, rng.child("teacher", name))
            said.append(task.target.believed(model(items)))
        labels = torch.stack(said).mean(0).detach()
        return SyntheticSet(synthetic.codec, Soft(labels), synthetic.groups, synthetic.contract, synthetic.rates())

    def _learner(self, name: str) -> Learner:
        if name not in LEARNERS.names():
            return NetworkTraining(name, self.training)
        learner: Learner = LEARNERS.get(name)(None, self.training, HERE)
        return learner


def balanced(batch: Batch) -> Batch:
    """With the same weight in every group that has examples, their mean 1."""
    sizes = torch.bincount(batch.groups, minlength=1)
    weight: Float[Tensor, " n"] = len(batch) / (int((sizes > 0).sum()) * sizes[batch.groups].float())
    return replace(batch, weight=batch.weight * weight)
