"""Tasks: their weighted loss, their default network, and the modalities that the folder holds."""

from __future__ import annotations

import pickle

import pytest
import torch
import torch.nn.functional as F

from condenset.core.rng import Rng
from condenset.tasks.task import Augmentation, NoAugmentation, Task, modalities
from tests.examples import batch_of, blobs, digits, normal
from tests.tasks.graph import example


def test_the_mean_loss_is_weighted() -> None:
    labels, weight = torch.tensor([0, 2, 1]), torch.tensor([1.0, 3.0, 0.0])
    logits = normal(3, 3)
    found = blobs().mean_loss(logits, batch_of(normal(3, 5), labels, weight))
    losses = F.cross_entropy(logits, labels, reduction="none")
    torch.testing.assert_close(found, (losses[0] + 3 * losses[1]) / 4)


def test_the_squared_loss_is_against_centred_labels_and_weighted() -> None:
    labels, weight = torch.tensor([0, 2]), torch.tensor([1.0, 3.0])
    found = blobs().squared_loss(torch.zeros(2, 3), batch_of(normal(2, 5), labels, weight))
    torch.testing.assert_close(found, torch.tensor(0.5 * (4 / 9 + 1 / 9 + 1 / 9)))


def test_networks_read_the_task_and_repeat_with_their_stream() -> None:
    for task in (blobs(), digits(), example.task()):
        network = task.network(None, Rng(0))
        logits = network(task.train.batch.inputs).logits
        assert logits.shape == (len(task.train.batch), task.target.outputs)
        assert torch.equal(network.flat(), task.network(task.modality.network, Rng(0)).flat())
        assert not torch.equal(network.flat(), task.network(None, Rng(1)).flat())


def test_no_augmentation_changes_nothing() -> None:
    rows = normal(3, 5)
    nothing = NoAugmentation()
    assert isinstance(nothing, Augmentation)
    assert isinstance(digits().augmentation, Augmentation)
    assert not nothing.mirrors
    assert nothing.apply(nothing.draw(3, Rng(0)), rows) is rows


def test_modalities_are_found_and_their_names_do_not_collide() -> None:
    found = {m.name: m for m in modalities()}
    assert {"image", "tabular", "graph"} <= set(found)
    names = [name for m in found.values() for name in m.datasets]
    assert len(set(names)) == len(names)


def test_held_out_examples_are_none_of_the_training_examples() -> None:
    for task in (blobs(), digits()):
        both = (task.train.all(), task.held_out())
        train, test = ({tuple(row) for row in batch.inputs.flatten(1).tolist()} for batch in both)
        assert len(train & test) <= 0.01 * len(test)


@pytest.mark.parametrize("task", [blobs(), digits(), example.task()], ids=lambda task: task.modality.name)
def test_a_task_that_was_sent_trains_and_tests_on_the_same(task: Task) -> None:
    sent = pickle.loads(pickle.dumps(task))
    assert isinstance(sent, Task)
    for open_batch in (lambda t: t.train.sample(3, Rng(0)), lambda t: t.held_out()):
        here, there = open_batch(task), open_batch(sent)
        assert torch.equal(here.targets, there.targets) and torch.equal(here.weight, there.weight)
        assert torch.equal(task.modality.represent(here.inputs), sent.modality.represent(there.inputs))
    assert (sent.target, sent.fingerprint, sent.source) == (task.target, task.fingerprint, task.source)
    assert type(sent.augmentation) is type(task.augmentation)
