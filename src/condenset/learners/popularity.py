"""Popularity: every user is told the same, the sum of all labels. It learns nothing, and others should be ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor

from condenset.core import structure
from condenset.core.batch import Batch, Inputs
from condenset.core.float64 import brought, float64
from condenset.core.rng import Rng
from condenset.learners.learner import Model, without_fields
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Popularity:
    """The weighted sum of the set's labels, whatever the inputs."""

    most: ClassVar[int | None] = None

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """A model (n, ...) -> (n, outputs) of equal rows."""
        labels = float64(task.target.matrix(train.targets))
        counts = brought(float64(train.weight) @ labels, train.weight.device)

        def predict(inputs: Inputs) -> Float[Tensor, "n outputs"]:
            return counts.expand(structure.length(inputs), -1)

        return predict


LEARNER = without_fields("popularity", Popularity())
