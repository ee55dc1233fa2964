"""The suite's plain algorithms compute what the library computes, so that a ratio compares like with like."""

from __future__ import annotations

import pytest
import torch

from condenset.bench.plain import (
    distribution_matching_step,
    feature_ridge_loss,
    forward_pass,
    training_epoch,
    trajectory_step,
)
from condenset.core.rng import Rng
from condenset.kernels.distance import squared_error
from condenset.learners.sgd import predictor, train_epochs
from condenset.learners.training import Training
from condenset.objectives.feature_ridge import FeatureRidge
from condenset.objectives.inner_loop import InnerLoop
from condenset.objectives.signal_matching import SignalMatching
from condenset.objectives.trajectory_matching import TrajectoryMatching
from condenset.signals.mean_embedding import MeanEmbedding
from condenset.sources.source import Draw
from condenset.tasks.task import Task
from tests.conftest import close
from tests.examples import digits, set_of


@pytest.fixture
def task() -> Task:
    return digits()


def test_the_plain_step_has_the_gradient_of_the_objective(task: Task) -> None:
    rng = Rng(3)
    real = task.train.sample(2, Rng(1))
    condensed = set_of(real.inputs, real.targets)
    draw = Draw(task.network(None, rng.child("network")), task.augmentation.draw(1, rng.child("augmentation")))
    objective = SignalMatching(MeanEmbedding(), squared_error, per_group=20).begin(task)
    objective.terms(condensed, draw, rng)["matching"].backward()
    plain = distribution_matching_step(task, real.inputs, real.groups, 20, rng)
    found = next(p for name, p in condensed.named_parameters() if name.startswith("codec")).grad
    assert found is not None
    close(found, plain, 1e-4)


def test_the_plain_epoch_and_forward_pass_are_those_of_the_learner(task: Task) -> None:
    """One batch without augmentation, so that neither order nor draws differ."""
    training = Training(epochs=1, rate=0.1, weight_decay=0.0, drop_at=(), batch=999)
    train = task.train.sample(2, Rng(1))
    ours = next(train_epochs(task.network(None, Rng(0)), train, task, training, Rng(0)))
    plain = task.network(None, Rng(0)).trainable()
    sgd = torch.optim.SGD(plain.parameters.values(), training.rate, training.momentum)
    training_epoch(plain, sgd, train, without_augmentation(task), training, Rng(0))
    close(plain.flat(), ours.flat(), 1e-5)
    test = task.held_out()
    close(forward_pass(plain, test), predictor(ours)(test.inputs), 1e-4)


def without_augmentation(task: Task) -> Task:
    from dataclasses import replace

    from condenset.tasks.task import NoAugmentation

    return replace(task, augmentation=NoAugmentation())


def test_the_plain_trajectory_step_has_the_gradients_of_the_objective(task: Task) -> None:
    real, network = task.train.sample(1, Rng(1)), task.network(None, Rng(0))
    goal = task.network(None, Rng(2)).flat()
    condensed = set_of(real.inputs, real.targets, torch.tensor([0.05]))
    objective = TrajectoryMatching(InnerLoop(3, augment=True)).begin(task)
    objective.terms(condensed, Draw(network, goal=goal), Rng(3))["trajectory"].backward()
    plain = trajectory_step(task, network, goal, real.inputs, real.targets, torch.tensor(0.05), 3, Rng(3))
    close(condensed.codec.data.grad, plain[0], 1e-4)
    close(condensed.log_rates.grad[0], 0.05 * plain[1], 1e-4)


def test_the_plain_regression_has_the_loss_of_the_objective(task: Task) -> None:
    support, real, network = task.train.sample(1, Rng(1)), task.train.sample(3, Rng(2)), task.network(None, Rng(0))
    condensed = set_of(support.inputs, support.targets)
    solver, draw = FeatureRidge(), Draw(network)
    ours = solver.loss(condensed, solver.features(real, draw), draw, task, Rng(0))
    labels, centred = (task.target.centred(batch.targets) for batch in (support, real))
    plain = feature_ridge_loss(network, support.inputs, labels, real.inputs, centred)
    close(plain, ours, 1e-4)
