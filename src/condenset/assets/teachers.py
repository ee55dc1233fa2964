"""Teachers: learners that were trained on all the data, once for whoever asks in this process."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.assets.asset import AssetStore
from condenset.assets.model_store import only_tried
from condenset.assets.network_store import seconds_twice
from condenset.core.asset import Asset
from condenset.core.batch import Batch, Inputs
from condenset.core.errors import RequestError
from condenset.core.execution import Executor
from condenset.core.rng import Rng
from condenset.learners.learner import Model
from condenset.learners.named import named_learner
from condenset.learners.sgd import NetworkTraining
from condenset.learners.training import Training
from condenset.tasks.task import Task
from condenset.tasks.view import View

_TRIED = 64  # examples, where models are only tried
_TIMED = 3  # batches

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

        Groups weigh alike in their training, as they have as many items each in most sets. Where models are only tried,
        see `untrained`, it is one of a few examples.
        """
        trained, rng = _TRAINED.setdefault(task.train, {}), Rng(0).child("teachers")
        keys = self.now().each(task)
        for key in keys:
            if key not in trained:
                lesson = balanced(task.train.draw(key.most, rng.child("lesson")))
                trained[key] = key.taught(lesson, task, rng)[0]
        return [trained[key] for key in keys]

    def each(self, task: Task) -> list[Teachers]:
        """The same teachers apart: one `Teachers` for each network's name."""
        return [replace(self, names=(name,)) for name in self.of(task).names]

    def now(self) -> Teachers:
        """The same, or where models are only tried, of few examples."""
        return replace(self.brief(), most=_TRIED) if only_tried() else self

    def brief(self) -> Teachers:
        """The same with one epoch of training."""
        return replace(self, training=replace(self.training, epochs=1), steps=0)

    def stores(self, task: Task) -> Sequence[AssetStore]:
        """The store of these teachers, from which it follows what they cost."""
        return (Lessons(task, self),)

    def taught(self, lesson: Batch, task: Task, rng: Rng) -> list[Model]:
        """A model for every name, trained on this batch."""
        training = replace(self.training, epochs=self.epochs(len(lesson)))
        return [named_learner(name, training).fit(lesson, task, rng.child(name)) for name in self.names]

    def epochs(self, examples: int) -> int:
        """Of networks that learn from so many."""
        return max(self.training.epochs, math.ceil(self.steps / self.training.steps(examples)))

    def believed(self, task: Task, inputs: Inputs) -> Float[Tensor, "n outputs"]:
        """What they say of inputs (n, ...), as soft labels, on average."""
        return believed(task, self.trained(task), inputs)


_TRAINED: WeakKeyDictionary[View, dict[Teachers, Model]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Lessons:
    """Teachers as what a run waits for. They are trained where they are asked for, in every process anew, and not kept.

    Attributes:
        task: on which.
        teachers: who.
        times: that each is trained.
    """

    task: Task
    teachers: Teachers
    times: int = 1

    def train_missing(self, executor: Executor) -> None:
        """Nothing: whoever asks for them trains them."""

    def assets(self) -> list[Asset]:
        """None: nothing is kept."""
        return []

    def seconds(self) -> float:
        """That training takes here, from a few batches."""
        return self.times * sum(self._seconds(one) for one in self.teachers.each(self.task))

    def _seconds(self, one: Teachers) -> float:
        view, rng = self.task.train, Rng(0)
        few = balanced(view.draw(min(one.most, _TIMED * one.training.batch), rng))
        brief = one.brief()
        _, took = seconds_twice(lambda: brief.taught(few, self.task, rng))
        examples = min(one.most, len(view))
        network = isinstance(named_learner(one.names[0], one.training), NetworkTraining)
        return took * examples / len(few) * (one.epochs(examples) if network else 1)


def believed(task: Task, models: Sequence[Model], inputs: Inputs) -> Float[Tensor, "n outputs"]:
    """What models say of inputs (n, ...), as soft labels, on average."""
    return torch.stack([task.target.believed(model(inputs)) for model in models]).mean(0).detach()


def balanced(batch: Batch) -> Batch:
    """With the same weight in every group that has examples, their mean 1."""
    sizes = torch.bincount(batch.groups, minlength=1)
    weight: Float[Tensor, " n"] = len(batch) / (int((sizes > 0).sum()) * sizes[batch.groups].float())
    return replace(batch, weight=batch.weight * weight)
