"""A coreset of the data as cross-fitted teachers see them: their soft labels, and groups by these."""

from __future__ import annotations

from dataclasses import dataclass

from jaxtyping import Int
from torch import Tensor

from condenset.assets.cross_fitting import denoised
from condenset.assets.teachers import TEACHING, named_teachers
from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.learners.training import Training
from condenset.starts.start import STARTS, Start
from condenset.tasks.task import Task


@dataclass(frozen=True)
class CrossFitted:
    """Call it for a batch with soft labels.

    A centre or a typical example of what is like its class teaches more than one of all that bears its name.

    Attributes:
        coreset: the start that sees the data so, by name.
        teachers: learners by name; empty: those of the kind of data.
        training: of those that are networks.
        most: training examples that are labelled, random ones where there are more.
        temperature: of the labels.
    """

    coreset: str = "medoids"
    teachers: tuple[str, ...] = ()
    training: Training = TEACHING
    most: int = 10_000
    temperature: float = 0.25

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """`counts[g]` examples of group g, of those that teachers which did not see them take for it."""
        names = named_teachers(task, self.teachers)
        start: Start = STARTS.get(self.coreset)
        return start(denoised(task, counts, names, self.training, self.most, self.temperature), counts, rng)
