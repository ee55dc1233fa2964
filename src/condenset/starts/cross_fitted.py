"""A coreset of the data as cross-fitted teachers see them: their soft labels, and groups by these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from jaxtyping import Int
from torch import Tensor

from condenset.assets.asset import AssetStore
from condenset.assets.cross_fitting import FOLDS, cross_fitted
from condenset.assets.teachers import Lessons, Teachers
from condenset.core.batch import Batch
from condenset.core.registries import STARTS
from condenset.core.rng import Rng
from condenset.starts.start import Start
from condenset.tasks.task import Task


@dataclass(frozen=True)
class CrossFitted:
    """Call it for a batch with soft labels.

    A centre or a typical example of what is like its class teaches more than one of all that bears its name.

    Attributes:
        coreset: the start that sees the data so, by name.
        teachers: whose labels they are.
        temperature: of the labels.
    """

    coreset: str = "medoids"
    teachers: Teachers = field(default_factory=Teachers)
    temperature: float = 0.25

    def stores(self, task: Task) -> Sequence[AssetStore]:
        """What teachers cost beside one lesson of each: every fold is left out of one."""
        return (Lessons(task, self.teachers, FOLDS - 2),)

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """`counts[g]` examples of group g, of those that teachers which did not see them take for it."""
        start: Start = STARTS.get(self.coreset)
        return start(cross_fitted(task, counts, self.teachers, self.temperature), counts, rng)
