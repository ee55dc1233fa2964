"""Training against explicit torch loops: schedules, replayed rates, selection, losses, determinism."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, product
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from condenset.core.batch import Batch
from condenset.core.errors import DivergenceError
from condenset.core.rng import Rng
from condenset.learners import sgd
from condenset.learners.sgd import NetworkTraining, predictor, train_epochs
from condenset.learners.training import Training
from condenset.nets.network import Network
from condenset.tasks.task import Task
from tests.conftest import close
from tests.examples import batch_of, blobs, digits, double, line, normal, task_of
from tests.networks import drawn
from tests.tasks.graph import example

LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
TRAIN = batch_of(normal(6, 4).double(), LABELS)
TASK = task_of(normal(6, 4).double(), LABELS, 3, "tabular")
NETWORK = double(drawn("mlp:width=5,depth=1", (4,), 3, Rng(0)))
WHOLE = Training(epochs=1, batch=6, rate=0.1, drop_at=())  # one step an epoch, so the order does not matter


def walked(training: Training, train: Batch = TRAIN, network: Network = NETWORK, task: Task = TASK) -> list[Tensor]:
    """Flat parameters after every epoch."""
    return [n.flat().detach().clone() for n in train_epochs(network, train, task, training, Rng(0))]


class Plain:
    """The same network as an ordinary module with an ordinary optimiser."""

    def __init__(self) -> None:
        self.module = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3)).double()
        values = NETWORK.parameters.values()
        self.module.load_state_dict(dict(zip(self.module.state_dict(), values, strict=True)))

    def step(self, optimiser: torch.optim.Optimizer, loss: Tensor | None = None) -> Tensor:
        optimiser.zero_grad()
        found = F.cross_entropy(self.module(TRAIN.inputs), LABELS) if loss is None else loss
        found.backward()
        optimiser.step()
        return torch.cat([p.detach().flatten() for p in self.module.parameters()]).clone()


@pytest.mark.parametrize("kind", ["sgd", "adam", "adamw"])
def test_steps_decay_and_the_drop_are_torchs_with_a_fresh_optimiser(kind: str) -> None:
    """Two drops, at 0.4 and 0.8 of five epochs: epochs 3, 4 at a tenth and epoch 5 at a hundredth of the rate."""
    training = replace(WHOLE, epochs=5, optimiser=kind, weight_decay=0.05, drop_at=(0.4, 0.8))
    plain, expected = Plain(), []
    for rate, steps in ((0.1, 2), (0.01, 2), (0.001, 1)):
        parameters = plain.module.parameters()
        optimiser = (
            torch.optim.SGD(parameters, rate, momentum=0.9, weight_decay=0.05)
            if kind == "sgd"
            else {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[kind](parameters, rate, weight_decay=0.05)
        )
        expected += [plain.step(optimiser) for _ in range(steps)]
    for found, wanted in zip(walked(training), expected, strict=True):
        close(found, wanted, 1e-9)


def test_replayed_rates_take_the_place_of_the_schedule() -> None:
    rates = (0.5, 0.01, 0.2)
    plain = Plain()
    optimiser = torch.optim.SGD(plain.module.parameters(), 1.0, momentum=0.9)
    expected = []
    for rate in (*rates, 0.5):
        optimiser.param_groups[0]["lr"] = rate
        expected.append(plain.step(optimiser))
    for found, wanted in zip(walked(replace(WHOLE, epochs=4, rates=rates, weight_decay=0.0)), expected, strict=True):
        close(found, wanted, 1e-9)


@pytest.mark.parametrize("warm_up", [0, 3])
def test_the_cosine_ends_near_a_hundredth_after_a_linear_warm_up(warm_up: int) -> None:
    """Plain gradient descent without momentum shows each step's rate as step length over gradient."""
    steps = 10
    training = replace(WHOLE, epochs=steps, schedule="cosine", warm_up=warm_up, momentum=0.0, weight_decay=0.0)
    rates = []
    for step in range(steps):
        if step < warm_up:
            rates.append(0.1 * (step + 1) / warm_up)
        else:
            angle = math.pi * (step - warm_up) / (steps - warm_up)
            rates.append(0.1 * (0.01 + 0.99 * (1 + math.cos(angle)) / 2))
    plain = Plain()
    optimiser = torch.optim.SGD(plain.module.parameters(), 1.0)
    for rate, found in zip(rates, walked(training), strict=True):
        optimiser.param_groups[0]["lr"] = rate
        close(found, plain.step(optimiser), 1e-9)
    assert rates[-1] < 0.01


def test_squared_loss_is_half_the_squared_distance_to_centred_rows() -> None:
    plain = Plain()
    optimiser = torch.optim.SGD(plain.module.parameters(), 0.1, momentum=0.9)
    rows = F.one_hot(LABELS, 3) - 1 / 3
    weight = torch.tensor([1.0, 2.0, 0.5, 1.0, 1.0, 0.0]).double()
    found = walked(replace(WHOLE, epochs=3, loss="squared", weight_decay=0.0), replace(TRAIN, weight=weight))
    for flat in found:
        error = (plain.module(TRAIN.inputs) - rows).square().sum(1)
        close(flat, plain.step(optimiser, 0.5 * (error * weight).sum() / weight.sum()), 1e-6)


def test_numbers_are_trained_by_squared_error() -> None:
    train = line().train.all()
    network = line().network("mlp:depth=0", Rng(0))
    training = Training(epochs=300, batch=999, rate=0.1, drop_at=(), weight_decay=0.0)
    *_, flat = walked(training, train, network, line())
    rows = np.c_[train.inputs.numpy(), np.ones(len(train))]
    close(flat, torch.from_numpy(np.linalg.lstsq(rows, train.targets[:, 0].numpy(), rcond=None)[0]), 1e-3)


def test_an_epoch_is_a_shuffled_pass_with_the_last_part_kept() -> None:
    seen: list[list[float]] = []
    network = drawn("mlp:width=2,depth=1", (1,), 2, Rng(0))
    network.module.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].flatten().tolist()))
    train = batch_of(torch.arange(7.0)[:, None], torch.tensor([0, 1, 0, 1, 0, 1, 0]))
    task = task_of(train.inputs, train.targets, 2, "tabular")
    walked(Training(epochs=2, batch=3), train, network, task)
    assert [len(part) for part in seen] == [3, 3, 1, 3, 3, 1]
    epochs = [list(chain(*seen[:3])), list(chain(*seen[3:]))]
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(7))
    assert epochs[0] != epochs[1]


@pytest.mark.parametrize("name", ["mlp:width=8,depth=1", "convnet:width=4,depth=1,norm=batch"])
def test_selection_keeps_the_best_validation_epoch_as_it_was(name: str) -> None:
    """Epochs scored one by one; a rate so high that the last epoch is not the best. Running statistics count too."""
    base = digits() if name.startswith("convnet") else blobs(spread=2.0)
    train = base.train.sample(3, Rng(1))
    task = replace(base, validation=base.train.sample(25, Rng(2)))
    assert task.validation is not None
    training = Training(epochs=8, batch=5, rate=1.0, drop_at=(), selection="validation")
    network = task.network(name, Rng(4).child("initial"))
    scores, predictions = [], []
    for trained in train_epochs(network, train, task, training, Rng(4)):
        model = predictor(trained)
        scores.append(task.judged(model, task.validation, Rng(0)))
        predictions.append(model(task.validation.inputs))
    best = int(np.argmax(scores))
    assert best < 7
    assert scores[-1] < scores[best]
    model = NetworkTraining(name, training).fit(train, task, Rng(4))
    assert torch.equal(model(task.validation.inputs), predictions[best])
    last = NetworkTraining(name, replace(training, selection="last")).fit(train, task, Rng(4))
    assert torch.equal(last(task.validation.inputs), predictions[-1])


@pytest.mark.parametrize("augment", [False, True])
def test_fits_repeat_with_their_stream_and_differ_between_streams(augment: bool) -> None:
    task = digits()
    train = task.train.sample(2, Rng(0))
    learner = NetworkTraining("convnet:width=4,depth=1", Training(epochs=3, batch=8, augment=augment))
    found = [learner.fit(train, task, Rng(seed))(train.inputs) for seed in (1, 1, 2)]
    assert torch.equal(found[0], found[1])
    assert not torch.allclose(found[0], found[2])


def test_a_training_can_change_how_the_task_augments() -> None:
    task = digits()
    train = task.train.sample(2, Rng(0))
    never = (("strategy", ("flip",)), ("flip_probability", 0.0))
    found = []
    for training in (Training(3), Training(3, augment=True, augmentation=never), Training(3, augment=True)):
        found.append(NetworkTraining("convnet:width=4,depth=1", training).fit(train, task, Rng(1))(train.inputs))
    assert torch.equal(found[0], found[1])
    assert not torch.allclose(found[0], found[2])


def test_dropout_repeats_and_leaves_the_global_generator_alone() -> None:
    """Also between epochs, when the training is suspended and its caller draws numbers of its own."""
    task = example.task()
    train = task.train.all()
    training = Training(epochs=4, optimiser="adam", drop_at=(), weight_decay=0.0)
    ends = []
    for draws in (0, 3):
        before = torch.get_rng_state()
        network = task.network("gcn:hidden=16,dropout=0.5", Rng(0))
        flat = network.flat()
        for trained in train_epochs(network, train, task, training, Rng(1)):
            flat = trained.flat()
            assert torch.equal(torch.get_rng_state(), before)
            torch.rand(draws)
            before = torch.get_rng_state()
        ends.append(flat)
        assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(ends[0], ends[1])
    plain = task.network("gcn:hidden=16", Rng(0))
    assert not torch.allclose(walked(training, train, plain, task)[-1], ends[0])


def test_predictions_are_in_evaluation_mode_and_in_parts() -> None:
    network = drawn("convnet:width=4,depth=1,norm=batch", (1, 8, 8), 2, Rng(0))
    images = normal(network.pass_size + 3, 1, 8, 8) * 3 + 1
    model = predictor(network)
    found = model(images)
    close(found[::50], torch.cat([model(image[None]) for image in images[::50]]), 1e-5)
    assert not found.requires_grad


def test_a_score_counts_examples_of_positive_weight_only() -> None:
    predictions = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    batch = batch_of(torch.zeros(4, 1), torch.tensor([0, 0, 0, 1]), torch.tensor([1.0, 0.0, 1.0, 1.0]))
    task = task_of(torch.zeros(2, 1), torch.arange(2), 2, "tabular")
    assert task.judged(lambda _: predictions, batch, Rng(0)) == 1.0


def test_training_that_diverges_says_so() -> None:
    with pytest.raises(DivergenceError, match=r"diverged in epoch \d+: lower the rate 1e\+30"):
        walked(replace(WHOLE, epochs=9, rate=1e30))


EACH = Training(epochs=4, batch=8, rate=0.05, augment=True)
CHOSEN = replace(EACH, selection="validation", rate=0.5)
TRAININGS = (
    EACH,
    CHOSEN,
    replace(EACH, optimiser="adamw", schedule="cosine", warm_up=2, cutmix=0.5),
    replace(EACH, optimiser="adam", loss="squared", drop_at=(0.5,)),
    replace(EACH, rates=(0.1, 0.01, 0.05), replayed=2),
)
# Adam makes steps of the rounding in the gradient of a bias before a batch normalisation, which is zero.
BATCH_NORM = "convnet:width=4,depth=1,norm=batch"


@pytest.mark.parametrize(
    ("name", "training"),
    [*product(("convnet:width=8,depth=2", "mlp:width=16"), TRAININGS), (BATCH_NORM, EACH), (BATCH_NORM, CHOSEN)],
)
def test_networks_trained_in_one_pass_predict_what_they_would_have_by_themselves(name: str, training: Training) -> None:
    task = replace(digits(), validation=digits().train.sample(10, Rng(9)))
    trains = [task.train.sample(2, Rng(seed)) for seed in range(3)]
    rngs = [Rng(0).child(seed) for seed in range(3)]
    learner = NetworkTraining(name, training)
    inputs = task.held_out().inputs
    for model, train, rng in zip(learner.fit_each(trains, task, rngs), trains, rngs, strict=True):
        close(model(inputs), learner.fit(train, task, rng)(inputs), 1e-3)


def counted(monkeypatch: pytest.MonkeyPatch, most: int = 99) -> list[int]:
    """How many networks were trained in one pass, by memory for so many."""
    sizes: list[int] = []
    own = sgd.train_stacked

    def watched(networks: list[Network], *args: Any) -> Iterator[list[Network]]:
        sizes.append(len(networks))
        if len(networks) > most:
            raise torch.OutOfMemoryError
        return own(networks, *args)

    monkeypatch.setattr(sgd, "train_stacked", watched)
    return sizes


def test_more_networks_than_memory_holds_are_trained_in_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    learner, rngs = NetworkTraining("mlp:width=5,depth=1", WHOLE), [Rng(0).child(seed) for seed in range(7)]
    task = task_of(TRAIN.inputs.float(), LABELS, 3, "tabular")
    trains = [task.train.all()] * 7
    expected = [learner.fit(train, task, rng)(train.inputs) for train, rng in zip(trains, rngs, strict=True)]
    sizes = counted(monkeypatch, most=2)
    found = [model(trains[0].inputs) for model in learner.fit_each(trains, task, rngs)]
    assert sizes == [7, 3, 2, 4, 2, 2]
    close(torch.stack(found), torch.stack(expected), 1e-5)


def test_what_does_not_stack_is_trained_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of two sizes, graphs; nothing else."""
    sizes = counted(monkeypatch)
    task = digits()
    rngs = [Rng(0), Rng(1)]
    learner = NetworkTraining("mlp:width=5,depth=1", WHOLE)
    for counts in ((2, 3), (2, 2)):
        assert len(learner.fit_each([task.train.sample(n, Rng(0)) for n in counts], task, rngs)) == 2
        assert sizes == ([] if counts == (2, 3) else [2])
    graph = example.task()
    NetworkTraining("gcn:hidden=4", WHOLE).fit_each([graph.train.all()] * 2, graph, rngs)
    assert sizes == [2]
