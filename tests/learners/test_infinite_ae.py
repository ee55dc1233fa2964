"""Infinite-AE: the closed form by NumPy and by numbers, and what it refuses."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.execution import HERE
from condenset.core.rng import Rng
from condenset.kernels.kernel import named_kernel
from condenset.learners.infinite_ae import LEARNER, InfiniteAE
from condenset.learners.training import Training
from tests.conftest import close, golden
from tests.examples import batch_of
from tests.tasks.interactions import example

TRAINING = Training(epochs=1)


def test_its_kernel_is_the_papers_recursion() -> None:
    """Of two users who share one of four items, by the recursion in the release's own order of steps."""
    x = torch.tensor([[1.0, 1, 0, 0], [0.0, 1, 1, 0]]).double()
    own, shared = 2 * 2 / 4 + 0.01, 2 * 1 / 4 + 0.01
    cosine = shared / own
    angle = math.acos(cosine)
    arc1 = (cosine * (math.pi - angle) + math.sqrt(1 - cosine**2)) / math.pi
    arc0 = (math.pi - angle) / math.pi
    off = shared * arc0 + own * arc1 + 0.01
    expected = torch.tensor([[2 * own + 0.01, off], [off, 2 * own + 0.01]]).double()
    close(named_kernel(InfiniteAE().kernel)(x, x), expected, 1e-7)


def test_golden_kernel_and_scores() -> None:
    arrays = golden("modalities/recsys_infae")
    train, context = arrays["in_train"], arrays["in_context"]
    kernel = named_kernel(InfiniteAE().kernel)
    close(kernel(train, train), arrays["out_K"], 1e-6)
    close(kernel(context, train), arrays["out_K_context"], 1e-6)
    batch = batch_of(train, torch.zeros(len(train), dtype=torch.int64))
    batch = type(batch)(train, train, batch.groups, batch.weight)
    close(InfiniteAE(float(arrays["in_lam"])).fit(batch, example.task(), Rng(0))(context), arrays["out_scores"], 1e-6)


def test_predictions_are_ridge_regression() -> None:
    task = example.task()
    train, users = task.train.draw(8, Rng(0)), task.train.draw(3, Rng(1)).inputs
    kernel = named_kernel("ntk")
    own, between = (kernel(part.double(), train.inputs.double()).numpy() for part in (train.inputs, users))
    ridge = 2 * np.trace(own) / 8 * np.eye(8)
    expected = between @ np.linalg.solve(own + ridge, train.targets.double().numpy())
    close(InfiniteAE(2.0).fit(train, task, Rng(0))(users), torch.from_numpy(expected), 1e-9)


def test_it_finds_the_tastes() -> None:
    task = example.task()
    model = LEARNER(None, TRAINING, HERE).fit(task.train.all(), task, Rng(0))
    assert task.grade(model, Rng(0))["auc"] > 0.75  # a guess has 0.5


def test_its_fields_are_those_of_an_exam() -> None:
    assert LEARNER("strength=3,kernel=nngp", TRAINING, HERE) == InfiniteAE(3.0, "nngp")
    with pytest.raises(RequestError, match="depth"):
        LEARNER("depth=3", TRAINING, HERE)
