"""Teachers: learners that were trained on all the data, once for whoever asks in this process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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

_Key = tuple[str, Training, int]

_TRAINED: WeakKeyDictionary[View, dict[_Key, Model]] = WeakKeyDictionary()


def teachers(task: Task, names: Sequence[str], training: Training, most: int) -> list[Model]:
    """A model for every name, the same for every seed of what it is to teach, as experts are.

    Groups weigh alike in their training, as they have as many items each in most sets.

    Args: training, of those that are networks; most, training examples that they learn from, random ones where there
    are more.
    """
    trained = _TRAINED.setdefault(task.train, {})
    rng = Rng(0).child("teachers")
    for name in names:
        key = name, training, most
        if key not in trained:
            lesson = balanced(task.train.draw(most, rng.child("lesson")))
            trained[key] = named_learner(name, training).fit(lesson, task, rng.child(name))
    return [trained[name, training, most] for name in names]


def named_teachers(task: Task, names: Sequence[str]) -> tuple[str, ...]:
    """The names, or where there are none those of the kind of data. Raises `RequestError` where it has none."""
    if chosen := tuple(names) or task.modality.teachers:
        return chosen
    raise RequestError(
        f"no learner is known to label {task.modality.items} well: name some as teachers, or take labels of the data"
    )


def believed(task: Task, models: Sequence[Model], inputs: Inputs) -> Float[Tensor, "n outputs"]:
    """What models say of inputs (n, ...), as soft labels, on average."""
    return torch.stack([task.target.believed(model(inputs)) for model in models]).mean(0).detach()


def balanced(batch: Batch) -> Batch:
    """With the same weight in every group that has examples, their mean 1."""
    sizes = torch.bincount(batch.groups, minlength=1)
    weight: Float[Tensor, " n"] = len(batch) / (int((sizes > 0).sum()) * sizes[batch.groups].float())
    return replace(batch, weight=batch.weight * weight)
