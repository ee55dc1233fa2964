"""Noise: standard normal, independent of the data, with real targets."""

from __future__ import annotations

import torch
from scipy import stats

from condenset.core.nodes import Nodes
from condenset.core.rng import Rng
from condenset.starts.noise import noise
from tests.examples import digits, line
from tests.tasks.graph import example


def test_it_is_standard_normal() -> None:
    values = noise(digits(), torch.full((10,), 4), Rng(0)).inputs.flatten().numpy()
    assert stats.kstest(values, "norm").pvalue > 0.01


def test_targets_are_those_of_real_examples_of_the_group() -> None:
    task = line()
    batch = noise(task, torch.full((len(task.groups),), 2), Rng(0))
    real = set(task.train.batch.targets.flatten().tolist())
    assert set(batch.targets.flatten().tolist()) <= real
    assert torch.equal(task.groups.of(batch.targets), batch.groups)


def test_nodes_of_noise_have_no_edges() -> None:
    batch = noise(example.task(), torch.tensor([1, 2]), Rng(0))
    assert isinstance(batch.inputs, Nodes)
    assert torch.equal(batch.inputs.propagation, torch.eye(3))
