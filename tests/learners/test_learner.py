"""Every learner learns a separable task and predicts scores row by row."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from condenset.core.batch import concatenate
from condenset.core.rng import Rng
from condenset.learners.ease import Ease
from condenset.learners.features import FeatureRidgeRegression
from condenset.learners.infinite_ae import InfiniteAE
from condenset.learners.kernel import KernelRidgeRegression
from condenset.learners.learner import Learner
from condenset.learners.sgd import NetworkTraining
from condenset.learners.training import Training
from tests.examples import blobs, line, made_estimator
from tests.tasks.interactions import example as interactions

NETWORK = NetworkTraining("mlp:width=16,depth=1", Training(epochs=40, batch=16, rate=0.05, drop_at=()))
LEARNERS = [made_estimator("logistic"), made_estimator("boosting"), KernelRidgeRegression("ntk", 1e-2), NETWORK]


@pytest.mark.parametrize("learner", LEARNERS, ids=["logistic", "boosting", "kernel", "network"])
def test_classes_and_numbers_are_learnt(learner: Learner) -> None:
    for task, least in ((blobs(spread=0.5), 0.95), (line(), 0.6)):
        model = learner.fit(task.train.all(), task, Rng(0))
        test = task.held_out()
        assert task.judged(model, test, Rng(0)) > least
        whole, first = model(test.inputs), model(test.inputs[:3])
        assert whole.shape == (len(test), task.target.outputs)
        torch.testing.assert_close(whole[:3], first, rtol=1e-4, atol=1e-5)
    assert isinstance(learner, Learner)


WEIGHTED = {
    "logistic": (made_estimator("logistic"), blobs),
    "forest": (made_estimator("forest"), blobs),
    "kernel": (KernelRidgeRegression("ntk", 1e-2), blobs),
    "features": (FeatureRidgeRegression("mlp:width=8,depth=1"), blobs),
    "infinite-ae": (InfiniteAE(1.0), interactions.task),
    "ease": (Ease(1.0), interactions.task),
}


@pytest.mark.parametrize("name", WEIGHTED)
def test_what_has_no_weight_teaches_nothing(name: str) -> None:
    """As the nodes of a graph whose labels are hidden, which all read as the first class."""
    learner, opened = WEIGHTED[name]
    task = opened()
    train = task.train.select(torch.arange(0, len(task.train), 2))
    others = task.train.select(torch.arange(1, len(task.train), 2))
    hidden = replace(others, targets=torch.zeros_like(others.targets), weight=torch.zeros_like(others.weight))
    alone, beside = (learner.fit(batch, task, Rng(0)) for batch in (train, concatenate([train, hidden])))
    inputs = task.train.all().inputs
    torch.testing.assert_close(beside(inputs), alone(inputs))
