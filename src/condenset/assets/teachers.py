"""Teachers: learners that were trained on all the data, once for whoever asks in this process."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch, Inputs
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.learners.learner import Model
from condenset.learners.named import named_learner
from condenset.learners.training import Training
from condenset.tasks.task import Task
from condenset.tasks.view import View

TEACHING = Training(epochs=10, optimiser="adam", rate=1e-3, drop_at=(0.5, 0.75), augment=True)  # of networks


@dataclass(frozen=True)
class Teachers:
    """Who teaches: learners by name, and what they learn themselves.

    Attributes:
        names: of the learners; empty: those of the kind of data.
        training: of those that are networks.
        most: training examples that they learn from, random ones where there are more.
        steps: that training takes at least, in more epochs where examples are few.
    """

    names: tuple[str, ...] = ()
    training: Training = TEACHING
    most: int = 10_000
    steps: int = 400

    def of(self, task: Task) -> Teachers:
        """The same with their names. Raises `RequestError` where the kind of data has none."""
        if chosen := self.names or task.modality.teachers:
            return replace(self, names=tuple(chosen))
        raise RequestError(
            f"no learner is known to label {task.modality.items} well: name some as teachers, or take labels of the "
            "data"
        )

    def trained(self, task: Task) -> list[Model]:
        """A model for every name, the same for every seed of what it is to teach, as experts are.

        Groups weigh alike in their training, as they have as many items each in most sets.
        """
        trained = _TRAINED.setdefault(task.train, {})
        rng, keys = Rng(0).child("teachers"), [replace(self, names=(name,)) for name in self.of(task).names]
        for key in keys:
            if key not in trained:
                lesson = balanced(task.train.draw(self.most, rng.child("lesson")))
                trained[key] = key.taught(lesson, task, rng)[0]
        return [trained[key] for key in keys]

    def taught(self, lesson: Batch, task: Task, rng: Rng) -> list[Model]:
        """A model for every name, trained on this batch."""
        epochs = max(self.training.epochs, math.ceil(self.steps / self.training.steps(len(lesson))))
        training = replace(self.training, epochs=epochs)
        return [named_learner(name, training).fit(lesson, task, rng.child(name)) for name in self.names]

    def believed(self, task: Task, inputs: Inputs) -> Float[Tensor, "n outputs"]:
        """What they say of inputs (n, ...), as soft labels, on average."""
        return believed(task, self.trained(task), inputs)


_TRAINED: WeakKeyDictionary[View, dict[Teachers, Model]] = WeakKeyDictionary()


def believed(task: Task, models: Sequence[Model], inputs: Inputs) -> Float[Tensor, "n outputs"]:
    """What models say of inputs (n, ...), as soft labels, on average."""
    return torch.stack([task.target.believed(model(inputs)) for model in models]).mean(0).detach()


def balanced(batch: Batch) -> Batch:
    """With the same weight in every group that has examples, their mean 1."""
    sizes = torch.bincount(batch.groups, minlength=1)
    weight: Float[Tensor, " n"] = len(batch) / (int((sizes > 0).sum()) * sizes[batch.groups].float())
    return replace(batch, weight=batch.weight * weight)
