"""Taught: real examples with the soft labels of learners that were trained on all the data.

Labels are of the examples as they are, whatever a codec then makes of them: at a rate at which JPEG blurs pictures of
clothes, a network on labels of the pictures before was right in 0.4 points more cases than on labels of those after.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from jaxtyping import Int
from torch import Tensor

from condenset.assets.teachers import TEACHING, believed, named_teachers, teachers
from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.learners.training import Training
from condenset.starts.start import STARTS, Start
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Taught:
    """Call it for a batch with soft labels: those of real examples are worth more than the examples (Qin, Deng and
    Alvarez-Melis, A Label is Worth a Thousand Images in Dataset Distillation, NeurIPS 2024, arXiv 2406.10485).

    Attributes:
        coreset: the start that chooses the examples, by name.
        teachers: learners by name; empty: those of the kind of data.
        training: of those that are networks.
        most: training examples that they learn from, random ones where there are more.
    """

    coreset: str = "medoids"
    teachers: tuple[str, ...] = ()
    training: Training = TEACHING
    most: int = 10_000

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """`counts[g]` examples of group g, with what teachers believe of them (items, outputs)."""
        start: Start = STARTS.get(self.coreset)
        batch = start(task, counts, rng)
        models = teachers(task, named_teachers(task, self.teachers), self.training, self.most)
        return replace(batch, targets=believed(task, models, batch.inputs))
