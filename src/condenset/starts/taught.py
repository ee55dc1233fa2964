"""Taught: real examples with the soft labels of learners that were trained on all the data.

Labels are of the examples as they are, whatever a codec then makes of them: at a rate at which JPEG blurs pictures of
clothes, a network on labels of the pictures before was right in 0.4 points more cases than on labels of those after.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from jaxtyping import Int
from torch import Tensor

from condenset.assets.teachers import Teachers
from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.starts.start import STARTS, Start
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Taught:
    """Call it for a batch with soft labels: those of real examples are worth more than the examples (Qin, Deng and
    Alvarez-Melis, A Label is Worth a Thousand Images in Dataset Distillation, NeurIPS 2024, arXiv 2406.10485).

    Attributes:
        coreset: the start that chooses the examples, by name.
        teachers: whose labels they are.
    """

    coreset: str = "medoids"
    teachers: Teachers = field(default_factory=Teachers)

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """`counts[g]` examples of group g, with what teachers believe of them (items, outputs)."""
        start: Start = STARTS.get(self.coreset)
        batch = start(task, counts, rng)
        return replace(batch, targets=self.teachers.believed(task, batch.inputs))
