"""Training a network from scratch by gradient descent, the way an exam writes it down."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import torch
from torch import Tensor

from condenset.core import structure
from condenset.core.batch import Batch
from condenset.core.errors import DivergenceError, RequestError
from condenset.core.execution import HERE, Execution
from condenset.core.optimisers import make_optimiser
from condenset.core.rng import Rng
from condenset.learners.gsam import GSAM, Flatness
from condenset.learners.learner import Model
from condenset.learners.lesson import Lesson, Lessons, Loss
from condenset.learners.training import Training
from condenset.learners.views import Views, viewed
from condenset.nets.compiled import compiled, read_in_parts, repays
from condenset.nets.network import Network
from condenset.nets.stacked import stackable, stacked, unstacked
from condenset.tasks.task import Task


@dataclass(frozen=True)
class NetworkTraining:
    """The learner that trains one architecture.

    Attributes:
        network: architecture with fields, None for the task's default.
        training: how.
        execution: on what device, with how many bits.
        known: whether training starts from the task's known network instead of a fresh one.
        teacher: whose probabilities label every example as a step reads it; None: labels are those of the data.
        views: which the teacher labels once, before the first step, so many of every example; or those that are stored
            with what is trained on; 0: it labels what a step reads.
    """

    most: ClassVar[int | None] = None

    network: str | None
    training: Training
    execution: Execution = HERE
    known: bool = False
    teacher: Network | None = None
    views: Views | int = 0

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """Train a network; the model (n, ...) -> (n, outputs) predicts in evaluation mode without gradients."""
        network = self._initial(task, rng)
        network = compiled(network, task.input_spec, _passes(train, self.training), self.execution)
        epochs = _descend(network.trainable(), self._lesson(train, task, rng))
        return self._chosen([network], ([trained] for trained in epochs), task)[0]

    def fit_each(self, trains: Sequence[Batch], task: Task, rngs: Sequence[Rng]) -> list[Model]:
        """The models that `fit` makes of each batch and stream, up to rounding: trained in one pass where networks and
        batches stack and the device's memory holds them, else in halves or one after another."""
        networks = [self._initial(task, rng) for rng in rngs] if _alike(trains) else []
        lessons = [self._lesson(train, task, rng) for train, rng in zip(trains, rngs, strict=True)]
        if not stackable(networks):
            return [self.fit(train, task, rng) for train, rng in zip(trains, rngs, strict=True)]
        try:
            return self._chosen(networks, train_stacked(networks, lessons, self.execution), task)
        except torch.OutOfMemoryError:
            half = len(trains) // 2
        first, second = slice(half), slice(half, None)
        return [model for part in (first, second) for model in self.fit_each(trains[part], task, rngs[part])]

    def _lesson(self, train: Batch, task: Task, rng: Rng) -> Lesson:
        """What it learns: under labels of the data, of the teacher, or of views."""
        lesson = Lesson(train, task, self.training, rng)
        if not self.views:
            return replace(lesson, teacher=self.teacher)
        if isinstance(self.views, Views):
            return replace(lesson, views=self.views)
        assert self.teacher is not None
        views = viewed(train, task, self.teacher, lesson.augmentation, self.views, rng.child("views"))
        return replace(lesson, views=views)

    def _initial(self, task: Task, rng: Rng) -> Network:
        if self.known:
            return task.known_network(self.network)
        return task.network(self.network, rng.child("initial"))

    def _chosen(self, networks: Sequence[Network], epochs: Iterable[Sequence[Network]], task: Task) -> list[Model]:
        """Models of every network after the epoch that is selected. Args: epochs, the networks after each."""
        worst = -math.inf if task.target.metrics[0].higher_is_better else math.inf
        best = [(worst, network) for network in networks]
        for trained in epochs:
            best = [self._better(*pair, task) for pair in zip(best, trained, strict=True)]
        return [predictor(network, self.execution) for _, network in best]

    def _better(self, before: tuple[float, Network], trained: Network, task: Task) -> tuple[float, Network]:
        if self.training.selection == "last":
            return -math.inf, trained
        if task.validation is None:
            raise RequestError(
                f"{task.name} has no validation data, to choose the epoch on: choose an exam that takes the "
                "last one, or data with a validation split"
            )
        score = task.validate(predictor(trained, self.execution), Rng(0).child("validation"))
        gained = task.target.metrics[0].gain(score, before[0])
        return (score, _copy(trained)) if gained > 0 else before


def train_epochs(
    network: Network,
    train: Batch,
    task: Task,
    training: Training,
    rng: Rng,
    execution: Execution = HERE,
    flatness: Flatness | None = None,
) -> Iterator[Network]:
    """Train in place, yielding the network after every epoch (its tensors go on changing).

    Args: flatness, for steps of `GSAM` in place of the training's optimiser.
    """
    network = compiled(network, task.input_spec, _passes(train, training), execution)
    yield from _descend(network.trainable(), Lesson(train, task, training, rng), flatness)


def train_stacked(
    networks: Sequence[Network], lessons: Sequence[Lesson], execution: Execution = HERE
) -> Iterator[list[Network]]:
    """Train `stackable` networks in one pass, yielding all of them after every epoch (their tensors go on changing).

    Args: lessons, of one training and task, a batch of one shape for every network.
    """
    module, lesson = networks[0].module, lessons[0]
    passes = _passes(lesson.train, lesson.training)
    half = execution.half and repays(module, lesson.task.input_spec, passes, execution)
    for stack in _descend(stacked(networks, half).trainable(), Lessons(lessons)):
        yield unstacked(stack)


def _descend(network: Network, lesson: Lesson | Lessons, flatness: Flatness | None = None) -> Iterator[Network]:
    training, parameters = lesson.training, list(network.parameters.values())
    optimiser = _optimiser(parameters, training, training.rate)
    if flatness is not None:
        optimiser = GSAM(parameters, training.rate, training.momentum, flatness)
    drops = [math.ceil(fraction * training.epochs) for fraction in training.drop_at]
    step = 0
    for epoch in range(training.epochs):
        if training.schedule == "step" and epoch in drops:
            optimiser = _optimiser(parameters, training, optimiser.param_groups[0]["lr"] * training.drop)
        for loss_of in lesson.epoch(epoch, step):
            if training.rates:
                optimiser.param_groups[0]["lr"] = training.rates[step % len(training.rates)]
            elif training.schedule == "cosine":
                rate = training.rate * _cosine(step, training.epochs * lesson.steps, training.warm_up)
                optimiser.param_groups[0]["lr"] = rate
            closure: Callable[[], Any] = partial(_backward, optimiser, network, loss_of)
            loss: Any = optimiser.step(closure)
            step += 1
        if not math.isfinite(loss.item()):
            raise DivergenceError(f"training diverged in epoch {epoch + 1}: lower the rate {training.rate:g}")
        yield network


def predictor(network: Network, execution: Execution = HERE) -> Model:
    """The network as a model (n, ...) -> (n, outputs): evaluation mode, no gradients, some examples at a time."""
    return lambda inputs: read_in_parts(network, inputs, execution, lambda output: output.logits)


def _copy(network: Network) -> Network:
    parameters = {k: p.detach().clone() for k, p in network.parameters.items()}
    return replace(network, parameters=parameters, buffers={k: b.clone() for k, b in network.buffers.items()})


def _optimiser(parameters: list[Tensor], training: Training, rate: float) -> torch.optim.Optimizer:
    return make_optimiser(training.optimiser, parameters, rate, training.momentum, training.weight_decay)


def _passes(train: Batch, training: Training) -> int:
    return 3 * training.epochs * len(train)


def _alike(trains: Sequence[Batch]) -> bool:
    """Whether these are several batches of tensors of one shape."""
    if not all(structure.listed(train.inputs) for train in trains):
        return False
    return len(trains) > 1 == len({structure.shapes(train.inputs) for train in trains})


def _backward(optimiser: torch.optim.Optimizer, network: Network, loss_of: Loss) -> Tensor:
    """The loss, with its gradients left in the parameters."""
    optimiser.zero_grad()
    loss = loss_of(network)
    loss.backward()
    return loss


def _cosine(step: int, steps: int, warm_up: int) -> float:
    if step < warm_up:
        return (step + 1) / warm_up
    progress = (step - warm_up) / max(1, steps - warm_up)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress))
