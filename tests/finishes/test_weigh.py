"""Weights of items: the share of the training data that each stands for; learners honour and sets keep them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

import condenset
from condenset.core.batch import Batch
from condenset.core.budget import Size
from condenset.core.errors import ArtifactError
from condenset.core.execution import HERE
from condenset.core.rng import Rng
from condenset.evaluation.exam import named_exam
from condenset.finishes.weigh import weigh
from condenset.learners.learner import Learner
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.task import Task
from tests.examples import blobs, set_of

IMBALANCED = (90, 20, 10)


def imbalanced() -> Task:
    task = blobs(spread=0.1)
    every = torch.cat([task.train.members(0), task.train.members(1)[:20], task.train.members(2)[:10]])
    return replace(task, train=InMemoryView(task.train.select(every), 3))


def test_they_count_what_is_nearest_and_keep_the_shares_of_the_groups() -> None:
    task = imbalanced()
    some = task.train.sample(3, Rng(0))
    weights = weigh(task, set_of(some.inputs, some.targets), Rng(0)).decode().weight
    assert weights.mean().item() == pytest.approx(1.0)
    counts = task.train.counts().double()
    shares = torch.zeros(3).index_add_(0, some.groups, weights)
    assert torch.allclose(shares.double() / shares.sum(), counts / counts.sum(), atol=1e-6)


def test_what_nothing_is_nearest_to_counts_as_one() -> None:
    task = imbalanced()
    some = task.train.sample(2, Rng(0))
    inputs = some.inputs.clone()
    inputs[1] += 1000.0
    weights = weigh(task, set_of(inputs, some.targets), Rng(0)).decode().weight
    counts = task.train.counts()
    assert (weights[1] / weights[0]).item() == pytest.approx(1 / int(counts[0]))


@pytest.mark.parametrize("name", ["logistic", "mlp:width=32,depth=1", "boosting"])
def test_learners_honour_them(name: str) -> None:
    """On one point in two classes the heavier one wins."""
    point = torch.zeros(24, 5)
    targets = torch.arange(24) % 2
    exam = replace(named_exam("tabular"), training=replace(named_exam("tabular").training, epochs=40))
    learner: Learner = exam.learners(blobs(), (name,), HERE)[name]
    for heavy in (0, 1):
        weight = torch.where(targets == heavy, 3.0, 1.0)
        model = learner.fit(Batch(point, targets, targets, weight), blobs(), Rng(0))
        assert int(model(torch.zeros(1, 5)).argmax()) == heavy


def test_a_saved_set_keeps_them_and_they_cost_bytes(tmp_path: Path) -> None:
    plain = condenset.distill("wine", "k-means", size=Size(per_class=3))
    weighed = condenset.distill("wine", "k-means", size=Size(per_class=3), changes={"finish": "weigh"})
    assert weighed.nbytes().extras - plain.nbytes().extras == 4 * 9
    read = condenset.load(weighed.save(tmp_path / "made"))
    assert torch.equal(read.decode().weight, weighed.decode().weight)
    assert float(read.decode().weight.std()) > 0 and torch.equal(plain.decode().weight, torch.ones(9))


def test_weights_that_are_none_are_refused(tmp_path: Path) -> None:
    made = condenset.distill("wine", "k-means", size=Size(per_class=3), changes={"finish": "weigh"})
    made.weights = torch.cat([torch.zeros(1), torch.ones(8)])
    with pytest.raises(ArtifactError, match="'weights' is not positive"):
        condenset.load(made.save(tmp_path / "made"))
