"""Whether the exam's fast path costs accuracy: twenty networks by it and twenty by the plain loop, on Fashion-MNIST."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from statistics import mean, variance

import torch

from condenset.bench.measurement import BenchRow, Measurement
from condenset.bench.plain import forward_pass, training_epoch
from condenset.core.batch import Batch
from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.evaluation.exam import named_exam
from condenset.learners.sgd import NetworkTraining
from condenset.learners.training import Training
from condenset.tasks.catalogue import open_task
from condenset.tasks.task import Task

_NETWORKS, _EPOCHS, _PER_CLASS = 20, 60, 10
_TEST = 2000  # examples; the same for all networks


def plain_score(task: Task, test: Batch, training: Training, rng: Rng) -> float:
    """Accuracy of a network that the plain loop trains and tests."""
    train = task.train.sample(_PER_CLASS, Rng(0))
    network = task.network(None, rng.child("initial")).trainable()
    rates = [training.rate * 0.1 ** (epoch >= training.epochs // 2) for epoch in range(training.epochs)]
    sgd = torch.optim.SGD(
        network.parameters.values(), training.rate, training.momentum, weight_decay=training.weight_decay
    )
    for epoch, rate in enumerate(rates):
        sgd.param_groups[0]["lr"] = rate
        training_epoch(network, sgd, train, task, training, rng.child("epoch", epoch))
    return task.target.grades(forward_pass(network, test), test.targets)["accuracy"]


def fast_score(task: Task, test: Batch, training: Training, rng: Rng) -> float:
    """Accuracy of a network that the library trains and tests, with as many bits as it chooses."""
    train = task.train.sample(_PER_CLASS, Rng(0))
    model = NetworkTraining(None, training, Execution(times=_NETWORKS)).fit(train, task, rng)
    return task.judged(model, test, rng)


def measure() -> Iterator[BenchRow]:
    """The difference of the means in standard errors; dsa2021 with fewer epochs, on real images, 10 per class."""
    task = open_task("fashion-mnist")
    test = next(iter(task.held_out().parts(_TEST)))
    training = replace(named_exam("dsa2021").training, epochs=_EPOCHS)
    streams = [Rng(0).child("network", number) for number in range(_NETWORKS)]
    ours, plain = ([score(task, test, training, rng) for rng in streams] for score in (fast_score, plain_score))
    error = math.sqrt((variance(ours) + variance(plain)) / _NETWORKS)
    against = f"the plain loop, {100 * mean(plain):.2f} %; the ratio is their distance in standard errors"
    name = f"accuracy after {_EPOCHS} epochs of dsa2021, {_NETWORKS} networks"
    yield BenchRow(name, 100 * mean(ours), "%", abs(mean(ours) - mean(plain)) / error, against, ("at most", 2.0))


MEASUREMENT = Measurement("full", measure)
