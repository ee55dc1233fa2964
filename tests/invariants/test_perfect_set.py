"""A perfect set, S = D, says what the data say: nothing is left to match, and it teaches the same."""

from __future__ import annotations

import pytest
import torch

from condenset.core.rng import Rng
from condenset.distillation import begin
from condenset.kernels.distance import global_cosine, l1, squared_error
from condenset.objectives.signal_matching import SignalMatching
from condenset.recipe import Recipe
from condenset.sources.source import Draw
from condenset.starts.random import random
from condenset.synthetic import Contract, SyntheticSet
from condenset.tasks.graph.loading import graph_from_data
from condenset.tasks.task import Task
from tests.conformance.examples import NETWORKS, task
from tests.examples import made_estimator
from tests.invariants.signals import signals
from tests.tasks.graph import example as graph


def inductive() -> Task:
    """A graph whose training nodes have all their neighbours among them."""
    place = torch.arange(2 * graph.EACH) % graph.EACH
    return graph_from_data(graph.data(train_mask=place < 4, val_mask=None, test_mask=place >= 4), setting="inductive")


def perfect(data: Task, per_group: int | None = None) -> SyntheticSet:
    """All training examples as a set, or only some."""
    codec = "graph-nodes:structure=True" if data.modality.name == "graph" else "raw"
    counts = data.train.counts() if per_group is None else torch.full((len(data.groups),), per_group)
    return begin(data, Recipe(start=random, contract=Contract("fair"), codec=codec), counts, Rng(0))


@pytest.mark.parametrize("distance", [squared_error, l1, global_cosine])  # layer by layer, an idle unit counts 1
@pytest.mark.parametrize("example", ["image", "tabular", "regression", "graph"])
@pytest.mark.parametrize(("name", "signal"), signals().items())
def test_there_is_nothing_left_to_match(name: str, signal, example: str, distance) -> None:
    data = inductive() if example == "graph" else task(example)
    net = data.network(NETWORKS[data.modality.name], Rng(4))
    objective = SignalMatching(signal, distance, per_group=10_000).begin(data)
    (left,) = objective.terms(perfect(data), Draw(net), Rng(0)).values()
    (without,) = objective.terms(perfect(data, per_group=1), Draw(net), Rng(0)).values()
    # a cosine of rounded gradients stops at the floor of its norms and at float32's epsilon
    assert left.item() < max(1e-2 * without.item(), 1e-4)
    assert without.item() > 1e-3


@pytest.mark.parametrize("estimator", ["logistic", "boosting"])
def test_it_teaches_what_the_data_teach(estimator: str) -> None:
    data = task("tabular")
    every, batch = data.train.all(), perfect(data).decode().detach()
    scores = [data.judged(made_estimator(estimator).fit(b, data, Rng(0)), every, Rng(0)) for b in (every, batch)]
    assert scores[0] == pytest.approx(scores[1], abs=0.01)
    assert scores[0] > 0.95
