"""Real examples told apart by synthetic centres, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.core.rng import Rng
from condenset.objectives.centre_classification import CentreClassification
from condenset.objectives.objective import Objective
from condenset.sources.source import Draw
from tests.examples import blobs, normal, set_of

SET = set_of(normal(6, 5), torch.arange(6) % 3)
NETWORK = blobs().network("mlp:width=4,depth=1", Rng(0))


def test_it_is_the_summed_cross_entropy_of_products_with_the_centres() -> None:
    objective = CentreClassification(weight=0.3, per_group=10_000)
    assert isinstance(objective, Objective)
    (found,) = objective.begin(blobs()).terms(SET, Draw(NETWORK), Rng(0)).values()
    data = blobs().train.all()
    real, synthetic = (NETWORK(x).embedding.detach().double().numpy() for x in (data.inputs, SET.codec.data))
    centres = np.stack([synthetic[k::3].mean(0) for k in range(3)])
    logits = real @ centres.T
    shifted = logits - logits.max(1, keepdims=True)
    chances = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    expected = -0.3 * chances[np.arange(len(real)), data.targets.numpy()].sum()
    assert found.item() == pytest.approx(expected, rel=1e-4)


def test_gradients_reach_the_set() -> None:
    SET.zero_grad()
    (found,) = CentreClassification().begin(blobs()).terms(SET, Draw(NETWORK), Rng(0)).values()
    found.backward()
    assert SET.codec.data.grad.abs().sum() > 0
