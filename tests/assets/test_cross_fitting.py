"""Teachers label what they have not seen: accidents of single examples go, and every group keeps enough."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from condenset.assets.cross_fitting import cross_fitted
from condenset.assets.teachers import Teachers
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.task import Task
from tests.examples import blobs, line

LEAST = torch.tensor([5, 5, 5])
TEACHERS = Teachers(("logistic",))


def mislabelled(task: Task, count: int) -> tuple[Task, torch.Tensor]:
    """A task whose first examples of group 0 bear the next class's name, and their indices."""
    batch = task.train.all()
    wrong = (batch.groups == 0).nonzero().flatten()[:count]
    targets = batch.targets.clone()
    targets[wrong] = 1
    return replace(task, train=InMemoryView(replace(batch, targets=targets, groups=targets), 3)), wrong


def test_wrong_labels_are_not_believed() -> None:
    task, wrong = mislabelled(blobs(spread=0.3), 4)
    clean = cross_fitted(task, LEAST, TEACHERS).train.all()
    rows = task.train.all().inputs[wrong]
    found = (clean.inputs[:, None] == rows).all(2).any(1)
    assert int(found.sum()) == 4
    assert torch.equal(clean.groups[found], torch.zeros(4, dtype=torch.int64))
    assert torch.equal(clean.targets.argmax(1), clean.groups)


def test_labels_are_found_once_and_sharpened_afterwards() -> None:
    task = blobs(spread=2.0)
    soft, sharp = (cross_fitted(task, LEAST, TEACHERS, heat).train.all() for heat in (1.0, 0.25))
    assert torch.equal(soft.inputs, sharp.inputs) and torch.equal(soft.groups, sharp.groups)
    wanted = soft.targets**4 / (soft.targets**4).sum(1, keepdim=True)
    assert torch.allclose(sharp.targets, wanted, atol=1e-5)
    assert not torch.allclose(sharp.targets, soft.targets, atol=0.05)


def test_a_group_that_nobody_believes_in_takes_its_own_back() -> None:
    task = blobs()
    batch = task.train.all()
    shuffled = torch.randperm(len(batch), generator=torch.Generator().manual_seed(0)) % 20 == 0
    targets = torch.where(shuffled, 2, batch.targets.clamp(max=1))  # class 2 is a scattering of the two others
    noise = replace(task, train=InMemoryView(replace(batch, targets=targets, groups=targets), 3))
    least = torch.tensor([5, 5, int((targets == 2).sum())])
    clean = cross_fitted(noise, least, TEACHERS)
    assert (clean.train.counts() >= least).all()


def test_at_most_so_many_are_labelled_unless_more_are_asked_for() -> None:
    task = blobs()
    few = cross_fitted(task, torch.tensor([2, 2, 2]), replace(TEACHERS, most=12))
    assert len(few.train) == 12
    more = cross_fitted(task, torch.tensor([6, 2, 2]), replace(TEACHERS, most=12))
    assert len(more.train) == 18


def test_numbers_are_labelled_by_numbers() -> None:
    task = line()
    clean = cross_fitted(task, torch.ones(task.train.groups, dtype=torch.int64), TEACHERS, 0.25)
    batch = clean.train.all()
    assert batch.targets.shape == (len(batch), 1)
    assert torch.equal(task.groups.of(batch.targets)[: len(batch)], batch.groups)
    assert float(batch.targets.std()) == pytest.approx(float(task.train.all().targets.std()), rel=0.2)
