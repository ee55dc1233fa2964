"""What networks are taught: their data, in parts that every epoch shuffles anew, and the loss on each part."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from operator import itemgetter

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch, interleaved
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.core.structure import joint, mapped, stacked
from condenset.learners.cutmix import cutmix
from condenset.learners.training import Training
from condenset.learners.views import Views
from condenset.nets.network import Network, Output
from condenset.tasks.task import Augmentation, Task

Loss = Callable[[Network], Float[Tensor, ""]]  # of a step; every call draws the same numbers


@dataclass(frozen=True)
class Lesson:
    """The lesson of one network.

    Attributes:
        train: what it is trained on.
        task: what the data are of.
        training: how.
        rng: of the order of the examples and of all that is drawn.
        teacher: a trained network of classes whose probabilities label every example as a step reads it; None: labels
            are those of the data.
        views: of the examples, in their order, with what a teacher said of them once; None: labels are not of views.
    """

    train: Batch
    task: Task
    training: Training
    rng: Rng
    teacher: Network | None = None
    views: Views | None = None

    def __post_init__(self) -> None:
        """Raises `RequestError` for views that the training would make otherwise."""
        if self.views is None:
            return
        self.views.expect(self.augmentation)
        if self.training.cutmix or not self.training.augment:
            raise RequestError(
                "labels are stored for views of single images: their learner augments and mixes none, so set the "
                f"training's augment=true and cutmix=0 (they are {self.training.augment} and {self.training.cutmix:g})"
            )

    @property
    def steps(self) -> int:
        """Training steps in one epoch of this lesson."""
        return self.training.steps(len(self.train))

    def epoch(self, epoch: int, step: int) -> Iterator[Loss]:
        """The loss of every step of an epoch. Args: step, the number of the first."""
        for number, part in enumerate(self.parts(epoch), step):
            yield partial(self._loss, part, number)

    def parts(self, epoch: int) -> Iterator[Batch]:
        """What the steps of an epoch read, before it is augmented."""
        if joint(self.train.inputs):
            yield self.train
            return
        train = self.train
        if self.views is not None:  # whose turn it is, until a step chooses among its views
            train = replace(train, targets=torch.arange(len(train)))
        order = torch.randperm(len(train), generator=self.rng.child("epoch", epoch).torch())
        replayed = self.training.replayed
        for part in interleaved(len(train), replayed) if replayed else order.split(self.training.batch):
            yield train.select(part)

    def changed(self, part: Batch, step: int) -> Batch:
        """A part as a step reads it: augmented, and mixed by numbers from PyTorch's own generator."""
        training, rng, augmentation = self.training, self.rng.child("augment", step), self.augmentation
        if self.views is not None:
            part, said = self.views.seen(part, part.targets, augmentation, rng)
            return replace(part, targets=said)
        if training.augment:
            record = augmentation.draw(len(part), rng)
            part = part.map(lambda inputs: augmentation.apply(record, inputs))
        if training.cutmix and rng.child("cutmix").numpy().random() < training.cutmix:
            part = cutmix(part, self.task)
        return part

    def error(self, output: Output, part: Batch) -> Float[Tensor, ""]:
        """The loss of a network's output for a part, penalties among it; a teacher's labels are at the temperature of
        the logits."""
        temperature, said = self.training.temperature, part.targets if self.views is not None else None
        if self.teacher is not None:
            with torch.no_grad():
                said = self.teacher(part.inputs).logits
        if said is not None:
            part = replace(part, targets=(said / temperature).softmax(1))
        loss = self.task.mean_loss if self.training.loss == "task" else self.task.squared_loss
        error = loss(output.logits / temperature if temperature != 1 else output.logits, part)
        return sum((part.mean(penalty) for penalty in output.penalties), error)

    @property
    def augmentation(self) -> Augmentation:
        """How the training augments what it reads."""
        augmentation = self.task.augmentation.changed(**dict(self.training.augmentation))
        return augmentation.without("cutout") if self.training.cutmix else augmentation

    @contextmanager
    def generator(self, step: int) -> Iterator[None]:
        """Layers that draw for themselves (dropout) draw from a step's stream; the caller's generator is put back."""
        with torch.random.fork_rng(devices=[]):
            torch.set_rng_state(self.rng.child("dropout", step).torch().get_state())
            yield

    def _loss(self, part: Batch, step: int, network: Network) -> Float[Tensor, ""]:
        with self.generator(step):
            part = self.changed(part, step)
            return self.error(network(part.inputs), part)


@dataclass(frozen=True)
class Lessons:
    """The lessons of stacked networks, of one training and batches (examples, ...) of one shape.

    Attributes:
        each: of every network of the stack.
    """

    each: Sequence[Lesson]

    @property
    def training(self) -> Training:
        """How the networks of all lessons are trained: alike, so as the first says."""
        return self.each[0].training

    @property
    def steps(self) -> int:
        """Training steps in one epoch, the same for all lessons."""
        return self.each[0].steps

    def epoch(self, epoch: int, step: int) -> Iterator[Loss]:
        """As `Lesson.epoch`; a loss is the sum of the networks' losses, so that each gets the gradient of its own."""
        parts = zip(*(lesson.parts(epoch) for lesson in self.each), strict=True)
        for number, side_by_side in enumerate(parts, step):
            yield partial(self._loss, side_by_side, number)

    def _loss(self, parts: Sequence[Batch], step: int, stack: Network) -> Float[Tensor, ""]:
        changed = [self._changed(lesson, part, step) for lesson, part in zip(self.each, parts, strict=True)]
        output = stack(stacked([part.inputs for part in changed]))
        outputs = [mapped(itemgetter(number), output) for number in range(len(parts))]
        errors = [lesson.error(*pair) for lesson, *pair in zip(self.each, outputs, changed, strict=True)]
        return torch.stack(errors).sum()

    @staticmethod
    def _changed(lesson: Lesson, part: Batch, step: int) -> Batch:
        with lesson.generator(step):
            return lesson.changed(part, step)
