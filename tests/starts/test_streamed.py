"""Starts on data that lie on disk: the same as in memory where one part holds a group, close to it where not."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from condenset.core.rng import Rng
from condenset.starts.herding import herding
from condenset.starts.k_center import k_center
from condenset.starts.k_means import k_means
from condenset.starts.random import random
from condenset.tasks import streamed
from condenset.tasks.task import Task
from tests.examples import digits, line
from tests.tasks.stored import on_disk

COUNTS = torch.full((10,), 4)


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Task:
    """Digits on disk, of which 60 of a class make a part."""
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    monkeypatch.setattr(streamed, "_PART", 60 * 64 * 4)
    return on_disk(digits())


def gap(task: Task, inputs: torch.Tensor) -> float:
    """Distance of the chosen examples' mean to their class's mean, averaged over classes."""
    data = digits().train
    means = torch.stack([data.batch.inputs[data.members(g)].mean(0) for g in range(10)])
    return (inputs.view(10, 4, *inputs.shape[1:]).mean(1) - means).flatten(1).norm(dim=1).mean().item()


def inertia(inputs: torch.Tensor) -> float:
    """Mean squared distance of the data to the nearest centre of their class."""
    data = digits().train
    found = [
        torch.cdist(data.batch.inputs[data.members(g)].flatten(1), inputs[4 * g : 4 * g + 4].flatten(1)).min(1)[0]
        for g in range(10)
    ]
    return torch.cat(found).square().mean().item()


def test_one_part_that_holds_the_group_gives_the_order_in_memory(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed, "_PART", 2**25)
    for start in (herding, k_center):
        chosen, expected = start(task, COUNTS, Rng(0)), start(digits(), COUNTS, Rng(0))
        assert torch.equal(chosen.inputs, expected.inputs)
        assert torch.equal(chosen.targets, expected.targets)


def test_herding_in_a_part_comes_as_close_to_the_mean_of_all(task: Task) -> None:
    streamed_gap = gap(task, herding(task, COUNTS, Rng(0)).inputs)
    assert streamed_gap < 0.6 * gap(task, random(task, COUNTS, Rng(0)).inputs)
    assert streamed_gap < 1.4 * gap(task, herding(digits(), COUNTS, Rng(0)).inputs)


def test_centres_fit_all_examples_and_are_their_means(task: Task) -> None:
    assert len(list(task.train.parts(0, 40))) > 1
    found = k_means(task, COUNTS, Rng(0))
    assert inertia(found.inputs) < 1.05 * inertia(k_means(digits(), COUNTS, Rng(0)).inputs)
    assert inertia(found.inputs) < 0.75 * inertia(random(task, COUNTS, Rng(0)).inputs)
    data, sizes = digits().train, task.train.counts()
    for group in (0, 9):  # the weighted mean of all centres is the mean of the class
        points = data.batch.inputs[data.members(group)].flatten(1)
        centres = found.inputs[4 * group : 4 * group + 4].flatten(1)
        assert len(points) == sizes[group]
        assert (torch.linalg.lstsq(centres.T, points.mean(0)).solution.sum() - 1).abs() < 0.05


def test_targets_of_centres_are_means_over_the_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    monkeypatch.setattr(streamed, "_PART", 12)
    task, groups = on_disk(line()), len(line().groups)
    monkeypatch.setattr(streamed, "_RUN", 1)
    found = k_means(task, torch.ones(groups, dtype=torch.int64), Rng(0))
    for group in range(groups):
        members = line().train.members(group)
        torch.testing.assert_close(found.targets[group], line().train.batch.targets[members].mean(0))
        torch.testing.assert_close(found.inputs[group], line().train.batch.inputs[members].mean(0))
