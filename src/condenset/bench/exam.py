"""The exam dsa2021 at 10 images per class against the plain loop: training and test pass of one network."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from condenset.bench.images import grey_images
from condenset.bench.measurement import BenchRow, Measurement, as_released, in_turns
from condenset.bench.plain import forward_pass, training_epoch
from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.evaluation.exam import named_exam
from condenset.learners.sgd import predictor, train_epochs

_TEST = 10_000  # examples of Fashion-MNIST's test set


def measure() -> Iterator[BenchRow]:
    """An epoch and a part of the test pass are timed in turns; the whole exam is their sum, times epochs and parts."""
    task = grey_images()
    training, test = named_exam("dsa2021").training, task.held_out()
    train = task.train.sample(10, Rng(0))
    plain = task.network(None, Rng(0)).trainable()
    sgd = torch.optim.SGD(plain.parameters.values(), training.rate, training.momentum)
    execution = Execution(times=5)
    epochs = train_epochs(task.network(None, Rng(0)), train, task, training, Rng(0), execution)
    model = predictor(task.network(None, Rng(0)), execution)
    seconds = in_turns(
        {
            "epoch": lambda: next(epochs),
            "test": lambda: model(test.inputs),
            "plain epoch": lambda: as_released(lambda: training_epoch(plain, sgd, train, task, training, Rng(0))),
            "plain test": lambda: as_released(lambda: forward_pass(plain, test)),
        },
        repeats=7,
    )
    parts = _TEST / len(test)
    ours = training.epochs * seconds["epoch"] + parts * seconds["test"]
    theirs = training.epochs * seconds["plain epoch"] + parts * seconds["plain test"]
    against = f"the plain loop, {theirs:.0f} s"
    yield BenchRow("dsa2021 exam of a network, 10 per class", ours, "s", theirs / ours, against, ("at least", 2.5))


MEASUREMENT = Measurement("quick", measure)
