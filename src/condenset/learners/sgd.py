"""Training a network from scratch by gradient descent, the way an exam writes it down."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch, interleaved
from condenset.core.errors import DivergenceError
from condenset.core.execution import HERE, Execution
from condenset.core.optimisers import DecayedKind, make_optimiser
from condenset.core.rng import Rng
from condenset.learners.cutmix import cutmix
from condenset.learners.gsam import GSAM, Flatness
from condenset.learners.learner import Model
from condenset.nets.compiled import compiled, read_in_parts
from condenset.nets.network import Network
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Training:
    """A training recipe.

    Attributes:
        epochs: passes over the set.
        batch: examples per step, shuffled, the last part kept.
        replayed: batches of an epoch in stored order instead, see `interleaved`; 0: shuffled ones.
        optimiser: "sgd", "adam" or "adamw".
        rate: initial learning rate.
        rates: one learning rate per step instead, replayed in order (empty: `rate` and the schedule).
        momentum: of SGD.
        weight_decay: L2, on every parameter; of "adamw": times the rate.
        schedule: "step": times `drop` after each fraction in `drop_at`, with a new optimiser; "cosine": linear
            warm-up over `warm_up` steps, then cosine to 1 % of the rate.
        drop, drop_at, warm_up: of the schedule.
        augment: whether every example is augmented at every step.
        augmentation: fields in which the augmentation differs from the task's, as (name, value).
        cutmix: chance that a step pastes a rectangle of every image into another one and mixes their labels, see
            `cutmix`; the augmentation then leaves its own cut-outs out.
        loss: "task", or "squared" against centred label rows (n, outputs).
        selection: "last" epoch, or the epoch that is best on the task's validation data.
    """

    epochs: int
    batch: int = 256
    replayed: int = 0
    optimiser: DecayedKind = "sgd"
    rate: float = 0.01
    rates: tuple[float, ...] = ()
    momentum: float = 0.9
    weight_decay: float = 5e-4
    schedule: Literal["step", "cosine"] = "step"
    drop: float = 0.1
    drop_at: tuple[float, ...] = (0.5,)
    warm_up: int = 0
    augment: bool = False
    augmentation: tuple[tuple[str, Any], ...] = ()
    cutmix: float = 0.0
    loss: Literal["task", "squared"] = "task"
    selection: Literal["last", "validation"] = "last"


@dataclass(frozen=True)
class NetworkTraining:
    """The learner that trains one architecture.

    Attributes:
        network: architecture with fields, None for the task's default.
        training: how.
        execution: on what device, with how many bits.
        known: whether training starts from the task's known network instead of a fresh one.
    """

    network: str | None
    training: Training
    execution: Execution = HERE
    known: bool = False

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """Train a network; the model (n, ...) -> (n, outputs) predicts in evaluation mode without gradients."""
        device = self.execution.device
        if self.known:
            network = task.known_network(self.network, device)
        else:
            network = task.network(self.network, rng.child("initial"), device)
        chosen, best = network, -math.inf
        for trained in train_epochs(network, train, task, self.training, rng, self.execution):
            chosen = trained
            if self.training.selection == "validation" and task.validation is not None:
                score = scored(predictor(trained, self.execution), task.validation, task)
                if score > best:
                    kept, best = _copy(trained), score
        return predictor(chosen if best == -math.inf else kept, self.execution)


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
    network = compiled(network, task.input_shape, 3 * training.epochs * len(train), execution).trainable()
    parameters = list(network.parameters.values())
    optimiser = _optimiser(parameters, training, training.rate)
    if flatness is not None:
        optimiser = GSAM(parameters, training.rate, training.momentum, flatness)
    drops = [math.ceil(fraction * training.epochs) for fraction in training.drop_at]
    steps_per_epoch = math.ceil(len(train) / training.batch)
    step = 0
    for epoch in range(training.epochs):
        if training.schedule == "step" and epoch in drops:
            optimiser = _optimiser(parameters, training, optimiser.param_groups[0]["lr"] * training.drop)
        for part in _epoch(train, training, rng.child("epoch", epoch)):
            if training.rates:
                optimiser.param_groups[0]["lr"] = training.rates[step % len(training.rates)]
            elif training.schedule == "cosine":
                rate = training.rate * _cosine(step, training.epochs * steps_per_epoch, training.warm_up)
                optimiser.param_groups[0]["lr"] = rate
            closure: Callable[[], Any] = partial(_backward, optimiser, network, part, task, training, rng, step)
            loss: Any = optimiser.step(closure)
            step += 1
        if not math.isfinite(loss.item()):
            raise DivergenceError(f"training diverged in epoch {epoch + 1}: lower the rate {training.rate:g}")
        yield network


def predictor(network: Network, execution: Execution = HERE) -> Model:
    """The network as a model (n, ...) -> (n, outputs): evaluation mode, no gradients, some examples at a time."""
    return lambda inputs: read_in_parts(network, inputs, execution, lambda output: output.logits)


def scored(model: Model, batch: Batch, task: Task) -> float:
    """The task's metric of a model's predictions (n, outputs) for the examples of a batch."""
    chosen = batch.examples()
    predictions = model(batch.inputs)
    return task.target.score(predictions[chosen].float(), batch.targets[chosen])


def _copy(network: Network) -> Network:
    parameters = {k: p.detach().clone() for k, p in network.parameters.items()}
    return replace(network, parameters=parameters, buffers={k: b.clone() for k, b in network.buffers.items()})


def _optimiser(parameters: list[Tensor], training: Training, rate: float) -> torch.optim.Optimizer:
    return make_optimiser(training.optimiser, parameters, rate, training.momentum, training.weight_decay)


def _epoch(train: Batch, training: Training, rng: Rng) -> Iterator[Batch]:
    if not isinstance(train.inputs, Tensor):
        yield train
        return
    order = torch.randperm(len(train), generator=rng.torch())
    parts = interleaved(len(train), training.replayed) if training.replayed else order.split(training.batch)
    for part in parts:
        yield train.select(part)


def _backward(
    optimiser: torch.optim.Optimizer, network: Network, part: Batch, task: Task, training: Training, rng: Rng, step: int
) -> Tensor:
    """The loss, with its gradients left in the parameters; the same numbers are drawn at every call."""
    optimiser.zero_grad()
    with _generator_of(rng.child("dropout", step)):
        loss = _loss(network, part, task, training, rng.child("augment", step))
    loss.backward()
    return loss


def _loss(network: Network, part: Batch, task: Task, training: Training, rng: Rng) -> Float[Tensor, ""]:
    if training.augment:
        augmentation = task.augmentation.changed(**dict(training.augmentation))
        augmentation = augmentation.without("cutout") if training.cutmix else augmentation
        record = augmentation.draw(len(part), rng)
        part = part.map(lambda inputs: augmentation.apply(record, inputs))
    if training.cutmix and rng.child("cutmix").numpy().random() < training.cutmix:
        part = cutmix(part, task)
    logits = network(part.inputs).logits
    if training.loss == "task":
        return task.mean_loss(logits, part)
    return task.squared_loss(logits, part)


def _cosine(step: int, steps: int, warm_up: int) -> float:
    if step < warm_up:
        return (step + 1) / warm_up
    progress = (step - warm_up) / max(1, steps - warm_up)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress))


@contextmanager
def _generator_of(rng: Rng) -> Iterator[None]:
    """Layers that draw for themselves (dropout) draw from this stream; the caller's generator is put back."""
    with torch.random.fork_rng(devices=[]):
        torch.set_rng_state(rng.torch().get_state())
        yield
