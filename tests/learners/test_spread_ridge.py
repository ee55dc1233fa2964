"""Spread ridge against scikit-learn and the closed form of personalised PageRank."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.learners.named import named_learner
from condenset.learners.spread_ridge import SpreadRidge
from condenset.learners.training import Training
from condenset.tasks.catalogue import open_task
from tests.examples import digits
from tests.tasks.graph.example import task


def test_scores_are_those_of_ridge_regression_spread_to_their_limit() -> None:
    opened = task()
    graph = opened.train.batch.inputs
    propagation = graph.propagation.to_dense().double().numpy()
    vectors = propagation @ propagation @ graph.features.double().numpy()
    known = opened.train.batch.examples().numpy()
    strength = 0.1 * np.square(vectors[known]).sum() / len(known)
    targets = np.eye(2)[opened.train.batch.targets.numpy()][known] - 0.5
    own = vectors @ Ridge(alpha=strength, fit_intercept=False).fit(vectors[known], targets).coef_.T
    expected = 0.2 * np.linalg.solve(np.eye(12) - 0.8 * propagation, own)
    model = SpreadRidge(teleport=0.2, steps=200).fit(opened.train.batch, opened, Rng(0))
    np.testing.assert_allclose(model(graph).numpy(), expected, rtol=1e-5, atol=1e-7)


def test_nodes_without_a_label_teach_by_their_edges_only() -> None:
    opened = task()
    batch = opened.train.batch
    changed = batch.targets.where(batch.weight > 0, 1 - batch.targets)
    both = batch, replace(batch, targets=changed, groups=changed)
    models = [SpreadRidge().fit(one, opened, Rng(0)) for one in both]
    assert torch.equal(*[model(batch.inputs) for model in models])


@pytest.mark.real_data("planetoid/cora/raw")
def test_it_knows_cora_better_than_ridge_alone() -> None:
    """Measured: 0.81 against 0.77 of the validation nodes."""
    opened = open_task("cora")
    training = Training(epochs=1)
    spread, alone = named_learner("spread-ridge", training), SpreadRidge(steps=0)
    scores = [opened.validate(one.fit(opened.train.all(), opened, Rng(0)), Rng(0)) for one in (spread, alone)]
    assert scores[0] > scores[1] + 0.02


def test_it_reads_graphs_and_has_no_fields() -> None:
    numbers = digits()
    with pytest.raises(RequestError, match="spread-ridge"):
        SpreadRidge().fit(numbers.train.all(), numbers, Rng(0))
    with pytest.raises(RequestError, match="no fields"):
        named_learner("spread-ridge:hops=3", Training(epochs=1))
