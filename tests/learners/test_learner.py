"""Every learner learns a separable task and predicts scores row by row."""

from __future__ import annotations

import pytest
import torch

from condenset.core.rng import Rng
from condenset.learners.kernel import KernelRidgeRegression
from condenset.learners.learner import Learner
from condenset.learners.sgd import NetworkTraining
from condenset.learners.training import Training
from tests.examples import blobs, line, made_estimator

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
