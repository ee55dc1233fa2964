"""A learner of all the data where classes are uneven and count alike: it learns as a small even set lets it.

A set of as many examples of each class is even by itself; data that are not would be learnt for the classes that are
frequent, and twenty examples be ahead of all of them by that alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import torch

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.learners.learner import Learner
from condenset.tasks.task import Model, Task


@dataclass(frozen=True)
class Evened:
    """Trains on examples as they are, or with classes of equal weight, by which is better on validation data.

    Attributes:
        learner: that is trained.
    """

    learner: Learner
    most: ClassVar[int | None] = None  # who trains asks the learner itself

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """Train on a decoded batch of all the data, after a trial of both on a part of them."""
        trial = task.with_validation()
        part, metric = trial.train.all(), task.target.metrics[0]
        plain, even = (
            trial.validate(self.learner.fit(batch, trial, rng), rng.child("trial")) for batch in (part, evened(part))
        )
        return self.learner.fit(evened(train) if metric.gain(even, plain) > 0 else train, task, rng)


def evened(batch: Batch) -> Batch:
    """The same examples, weighted so that each group counts as much as any other and the mean weight stays."""
    totals = torch.zeros(int(batch.groups.max()) + 1).to(batch.weight).index_add(0, batch.groups, batch.weight)
    share = batch.weight.sum() / (totals > 0).sum()
    return replace(batch, weight=batch.weight * share / totals[batch.groups].clamp(min=1e-12))
