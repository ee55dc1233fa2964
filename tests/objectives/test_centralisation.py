"""Distances of synthetic examples from the mean of their class."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.objectives.centralisation import Centralisation
from condenset.objectives.objective import Objective
from condenset.sources.source import Draw
from tests.examples import blobs, normal, set_of

ONE, OTHER = (blobs().network("mlp:width=4,depth=1", Rng(seed)) for seed in (0, 1))


def test_it_is_the_summed_squared_distance_under_the_trained_network() -> None:
    inputs, labels = normal(6, 5), torch.arange(6) % 3
    objective = Centralisation(weight=0.5).begin(blobs())
    assert isinstance(Centralisation(), Objective)
    for draw, network in ((Draw(ONE), ONE), (Draw(ONE, trained=OTHER), OTHER)):
        (found,) = objective.terms(set_of(inputs, labels), draw, Rng(0)).values()
        embedding = network(inputs).embedding
        pairs = [embedding[k] - embedding[k + 3] for k in range(3)]  # two examples lie half their distance off
        torch.testing.assert_close(found, 0.5 * sum(p.square().sum() / 2 for p in pairs))


def test_one_example_per_class_is_its_own_centre() -> None:
    (found,) = Centralisation().begin(blobs()).terms(set_of(normal(3, 5), torch.arange(3)), Draw(ONE), Rng(0)).values()
    assert found.item() == 0
