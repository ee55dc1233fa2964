"""K-means prototypes: fixed points of Lloyd's iteration, with the mean target of their cluster."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.core.nodes import Nodes
from condenset.core.rng import Rng
from condenset.starts.k_means import k_means
from condenset.starts.medoids import medoids
from condenset.tasks.tabular import table_from_arrays
from tests.examples import digits, line
from tests.tasks.graph import example
from tests.tasks.text import example as texts


def test_centres_are_means_of_what_is_nearest_to_them() -> None:
    task = digits()
    batch = k_means(task, torch.full((10,), 3), Rng(0))
    for group in (1, 8):
        points = task.train.batch.inputs[task.train.members(group)].flatten(1).double().numpy()
        centres = batch.inputs[3 * group : 3 * group + 3].flatten(1).double().numpy()
        nearest = ((points[:, None] - centres) ** 2).sum(2).argmin(1)
        for k in range(3):
            np.testing.assert_allclose(points[nearest == k].mean(0), centres[k], atol=1e-4)


def test_one_centre_is_the_mean_of_inputs_and_of_targets() -> None:
    task = line()
    batch = k_means(task, torch.ones(len(task.groups), dtype=torch.int64), Rng(0))
    for group in range(len(task.groups)):
        members = task.train.members(group)
        torch.testing.assert_close(batch.inputs[group], task.train.batch.inputs[members].mean(0), rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(batch.targets[group], task.train.batch.targets[members].mean(0))


@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
def test_equal_rows_that_leave_clusters_empty_still_have_targets() -> None:
    """More prototypes than distinct rows: scikit-learn then repeats a centre, and nothing is nearest to the copy."""
    features = np.repeat([[0.0, 1.0], [2.0, 5.0], [9.0, 4.0]], 10, axis=0)
    values = np.linspace(0, 1, 30)
    task = table_from_arrays(features, values, kind="regression")
    batch = k_means(task, task.train.counts() - 1, Rng(0))
    assert torch.isfinite(batch.targets).all()
    assert batch.targets.min() >= task.train.batch.targets.min()
    assert batch.targets.max() <= task.train.batch.targets.max()


def test_prototypes_of_nodes_have_no_edges() -> None:
    task = example.task()
    graph = task.train.batch.inputs
    batch = k_means(task, torch.tensor([1, 1]), Rng(0))
    assert isinstance(batch.inputs, Nodes)
    spread = graph.spread(graph.spread(graph.features))
    torch.testing.assert_close(batch.inputs.features[0], spread[[0, 1]].mean(0))
    assert torch.equal(batch.inputs.propagation, torch.eye(2))


def test_where_a_mean_is_no_example_the_nearest_real_ones_are_taken() -> None:
    task = texts.task()
    batch, counts = k_means(task, torch.full((2,), 3), Rng(0)), [3, 3]
    assert torch.equal(batch.inputs.vector, medoids(task, torch.tensor(counts), Rng(0)).inputs.vector)
    assert set(batch.inputs.strings()) <= set(texts.reviews()[0])
