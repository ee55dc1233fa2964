"""Nearest neighbours, each counted by its weight and by how near it is (Dudani, IEEE Trans. SMC 1976)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch, Inputs
from condenset.core.errors import RequestError
from condenset.core.execution import Execution
from condenset.core.fields import split_name
from condenset.core.rng import Rng
from condenset.learners.estimators import represented
from condenset.learners.learner import Model
from condenset.learners.training import Training
from condenset.tasks.task import Task

_NEAREST = 1e-9  # distance of what is at the same place


@dataclass(frozen=True)
class NearestNeighbours:
    """The mean label of the nearest examples, by weight over distance; soft labels (n, classes) as probabilities.

    Attributes:
        k: neighbours; of a smaller set all.
    """

    most: ClassVar[int | None] = None

    k: int = 5

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """Keeps the examples that have a weight."""
        from sklearn.neighbors import NearestNeighbors

        there = train.weight.detach().cpu().numpy() > 0
        labels = task.target.matrix(task.target.probabilities(train.targets)).detach().cpu().double().numpy()[there]
        weight = train.weight.detach().cpu().double().numpy()[there]
        index = NearestNeighbors(n_neighbors=min(self.k, len(weight))).fit(represented(train.inputs, task)[there])

        def predict(inputs: Inputs) -> Float[Tensor, "n outputs"]:
            distances, nearest = index.kneighbors(represented(inputs, task))
            share = weight[nearest] / np.maximum(distances, _NEAREST)
            found = np.einsum("nk,nko->no", share / share.sum(1, keepdims=True), labels[nearest])
            return torch.from_numpy(found).float().to(task.device)

        return predict


def of_exam(given: str | None, training: Training, execution: Execution) -> NearestNeighbours:
    """With k neighbours, "k=3". Raises `RequestError` for another field, and for less than one."""
    _, fields = split_name(f"knn:{given or ''}")
    k = fields.pop("k", 5)
    if fields or not isinstance(k, int) or k < 1:
        raise RequestError(f"learner 'knn' takes k, a number of neighbours of 1 or more, as in knn:k=3; got {given!r}")
    return NearestNeighbours(k)


LEARNER = of_exam
