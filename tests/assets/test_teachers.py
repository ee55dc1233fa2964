"""Teachers are trained once for each training set, the same whoever asks; groups weigh alike."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from condenset.assets import network_store, teachers
from condenset.assets.model_store import untrained
from condenset.assets.teachers import Lessons, Teachers, balanced
from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.learners.learner import Model
from condenset.learners.training import Training
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.task import Task
from tests.examples import blobs
from tests.tasks.graph.example import communities

TRAINING = Training(epochs=3, batch=16)


def test_they_are_trained_once_for_each_training_set() -> None:
    task = blobs()
    same = replace(task, train=InMemoryView(task.train.all(), 3))
    both = Teachers(("mlp:width=8,depth=1", "logistic"), TRAINING, most=100)
    first = both.trained(task)
    assert all(a is b for a, b in zip(first, both.trained(task), strict=True))
    assert Teachers(("logistic",), TRAINING, most=20).trained(task)[0] is not first[1]
    again = replace(both, names=both.names[:1]).trained(same)[0]
    items = task.train.sample(4, Rng(0)).inputs
    assert again is not first[0]
    assert torch.equal(again(items), first[0](items))


def test_groups_weigh_alike() -> None:
    batch = blobs().train.all().select(torch.arange(30))
    weight = balanced(batch).weight
    sums = torch.zeros(3).index_add_(0, batch.groups, weight)
    assert weight.mean().item() == pytest.approx(1.0)
    assert torch.allclose(sums[sums > 0], sums.max())


def test_data_that_have_none_say_so() -> None:
    assert Teachers().of(blobs()).names == ("forest:trees=100", "logistic")
    assert Teachers(("gcn",)).of(communities()).names == ("gcn",)
    with pytest.raises(RequestError, match="no learner is known to label nodes well: name some as teachers"):
        Teachers().of(communities())


def test_few_examples_are_seen_often_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """An epoch of 32 examples in batches of 16 is 2 steps."""
    seen: list[int] = []
    plain = teachers.named_learner

    def noted(name: str, training: Training) -> object:
        seen.append(training.epochs)
        return plain(name, replace(training, epochs=1))

    monkeypatch.setattr(teachers, "named_learner", noted)
    lesson = blobs().train.all().select(torch.arange(32))
    for steps in (0, 7, 400):
        Teachers(("logistic",), TRAINING, steps=steps).taught(lesson, blobs(), Rng(0))
    assert seen == [3, 4, 200]


def test_what_they_cost_grows_with_examples_and_epochs_and_for_other_learners_with_examples_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By a clock on which an example takes two seconds, and the first lesson of each an hour more."""
    clock, warm = [0.0], set[str]()

    def taught(own: Teachers, lesson: Batch, task: Task, rng: Rng) -> list[Model]:
        clock[0] += 2 * len(lesson) + 3600 * (own.names[0] not in warm)
        warm.add(own.names[0])
        return []

    monkeypatch.setattr(Teachers, "taught", taught)
    monkeypatch.setattr(network_store.time, "perf_counter", lambda: clock[0])
    task, training = blobs(per_class=200), Training(epochs=40, batch=16)
    network, other = "mlp:width=8,depth=1", "logistic"
    cost = lambda names, most, times=1: Lessons(task, Teachers(names, training, most, steps=0), times).seconds()
    assert cost((network,), 300) == 2 * 300 * 40 and cost((other,), 300) == 2 * 300
    assert cost((network, other), 100, times=3) == 3 * 2 * 100 * 41
    assert cost((other,), 10**6) == 2 * len(task.train)


def test_where_models_are_only_tried_they_learn_from_few(monkeypatch: pytest.MonkeyPatch) -> None:
    task, both = blobs(per_class=200), Teachers(("mlp:width=8,depth=1", "logistic"), TRAINING)
    with untrained():
        brief = both.trained(task)
        assert both.now().most < 100 and both.now().epochs(64) == 1
    assert both.now() == both and both.trained(task)[0] is not brief[0]
