"""Position weight matrices: how often each base is at each place of a class (Stormo et al., NAR 1982)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.core.structure import numbers
from condenset.learners.learner import Model, without_fields
from condenset.tasks.task import Task

_PSEUDO = 0.5  # met of every base at every place before any are


@dataclass(frozen=True)
class PositionWeights:
    """The likelihood of a sequence under the matrix of every class; soft labels (n, classes) are shares."""

    most: ClassVar[int | None] = None

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """Counts bases of sequences (n, 4, length)."""
        shares = task.target.matrix(task.target.probabilities(train.targets)) * train.weight[:, None]
        met = torch.einsum("nc,nbl->cbl", shares, numbers(train.inputs)) + _PSEUDO
        weights = (met / met.sum(1, keepdim=True)).log()
        return lambda inputs: torch.einsum("cbl,nbl->nc", weights, numbers(inputs)).softmax(1)


LEARNER = without_fields("position-weights", PositionWeights())
