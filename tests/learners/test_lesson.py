"""Lessons: what the steps of an epoch read, and that lessons side by side are those of each network."""

from __future__ import annotations

from dataclasses import replace

import torch

from condenset.core.attended_texts import AttendedTexts
from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.learners.lesson import Lesson, Lessons
from condenset.learners.training import Training
from condenset.nets.stacked import stacked
from tests.conftest import close
from tests.examples import batch_of, digits, double, normal, task_of
from tests.networks import drawn

LABELS = torch.tensor([0, 1, 2, 0, 1, 2, 0])
TASK = task_of(normal(7, 4).double(), LABELS, 3, "tabular")
LESSON = Lesson(TASK.train.all(), TASK, Training(epochs=2, batch=3), Rng(0))


def test_parts_are_a_shuffled_pass_that_repeats_and_changes_with_the_epoch() -> None:
    orders = [torch.cat([part.inputs[:, 0] for part in LESSON.parts(epoch)]) for epoch in (0, 0, 1)]
    assert [len(part) for part in LESSON.parts(0)] == [3, 3, 1]
    assert LESSON.steps == 3
    assert torch.equal(orders[0].sort().values, TASK.train.all().inputs[:, 0].sort().values)
    assert torch.equal(orders[0], orders[1])
    assert not torch.equal(orders[0], orders[2])


def test_replayed_parts_are_interleaved_and_not_shuffled() -> None:
    replayed = replace(LESSON, training=replace(LESSON.training, replayed=3))
    inputs = TASK.train.all().inputs
    for epoch in (0, 1):
        assert [part.inputs.tolist() for part in replayed.parts(epoch)] == [inputs[i::3].tolist() for i in range(3)]


def test_a_loss_draws_the_same_numbers_at_every_call() -> None:
    task = digits()
    lesson = Lesson(task.train.sample(2, Rng(0)), task, Training(epochs=1, augment=True, cutmix=1.0), Rng(3))
    network = drawn("convnet:width=4,depth=1", (1, 8, 8), 10, Rng(0))
    [loss_of] = lesson.epoch(0, 0)
    [other] = lesson.epoch(0, 1)
    assert loss_of(network) == loss_of(network) != other(network)


def test_side_by_side_every_network_gets_the_gradient_of_its_own_lesson() -> None:
    """Augmented and mixed by its own stream; the second network's batch is another."""
    task = digits()
    training = Training(epochs=1, batch=8, augment=True, cutmix=0.5)
    lessons = [Lesson(task.train.sample(2, Rng(seed)), task, training, Rng(seed)) for seed in (4, 5)]
    lessons = [replace(lesson, train=lesson.train.map(torch.Tensor.double)) for lesson in lessons]
    networks = [double(drawn("convnet:width=4,depth=2", (1, 8, 8), 10, Rng(seed))) for seed in (1, 2)]
    stack = stacked(networks).trainable()
    side_by_side = Lessons(lessons)
    assert (side_by_side.steps, side_by_side.training) == (3, training)
    for together, *apart in zip(side_by_side.epoch(0, 7), *(lesson.epoch(0, 7) for lesson in lessons), strict=True):
        loss = together(stack)
        found = torch.autograd.grad(loss, list(stack.parameters.values()))
        expected = 0.0
        for index, (network, loss_of) in enumerate(zip(networks, apart, strict=True)):
            own = network.trainable()
            one = loss_of(own)
            gradients = torch.autograd.grad(one, list(own.parameters.values()))
            expected += one.item()
            pairs = [(f[index].flatten(), g.flatten()) for f, g in zip(found, gradients, strict=True)]
            close(*(torch.cat(side) for side in zip(*pairs, strict=True)), 1e-9)
        assert abs(loss.item() - expected) < 1e-9


def test_what_examples_ask_besides_their_labels_counts_alone_and_side_by_side() -> None:
    def texts(seed: int) -> Batch:
        guided = AttendedTexts.of(normal(3, 4, 6, seed=seed), normal(3, 1, 2, 1, 5, seed=seed + 5), 2.0)
        return replace(batch_of(guided, torch.tensor([0, 1, 1])), weight=torch.tensor([1.0, 2.0, 0.0]))

    task = task_of(normal(3, 6), torch.tensor([0, 1, 1]), 2, "tabular")
    networks = [drawn("text-transformer:width=8,heads=2", (6,), 2, Rng(seed)) for seed in (0, 1)]
    lessons = [Lesson(texts(seed), task, Training(epochs=1, replayed=1), Rng(seed)) for seed in (0, 1)]
    losses = []
    for network, lesson in zip(networks, lessons, strict=True):
        [loss_of] = lesson.epoch(0, 0)
        output = network(lesson.train.inputs)
        missed = (output.penalties[0][:2] * torch.tensor([1.0, 2.0])).sum() / 3
        close(loss_of(network), task.mean_loss(output.logits, lesson.train) + missed, 1e-6)
        losses.append(loss_of(network))
    [together] = Lessons(lessons).epoch(0, 0)
    close(together(stacked(networks)), torch.stack(losses).sum(), 1e-6)
