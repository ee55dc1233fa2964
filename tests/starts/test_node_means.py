"""Means of nodes' own features over clusters of their propagated directions."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from torch.nn.functional import normalize

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.starts.node_means import NodeMeans
from tests.examples import digits
from tests.tasks.graph.example import communities


def test_one_of_a_class_is_the_mean_of_its_own_features() -> None:
    task = communities()
    made = NodeMeans()(task, torch.ones(4, dtype=torch.int64), Rng(0))
    graph = task.train.batch.inputs
    means = torch.stack([graph.features[task.train.members(group)].mean(0) for group in range(4)])
    torch.testing.assert_close(made.inputs.features, means)
    assert made.targets.tolist() == made.groups.tolist() == [0, 1, 2, 3]


def test_two_means_part_a_class_by_direction_among_neighbours() -> None:
    """Every member is nearer to the mean direction of its own part: the fixed point of k-means."""
    task = communities()
    graph, made = task.train.batch.inputs, NodeMeans()(task, torch.full((4,), 2), Rng(0)).inputs.features
    for group in range(4):
        members = task.train.members(group)
        features, directions = graph.features[members], normalize(graph.hop(2)[members])
        sides = [torch.tensor(side, dtype=torch.bool) for side in product((0, 1), repeat=len(members))][1:-1]
        found = [side for side in sides if torch.allclose(features[side].mean(0), made[2 * group], atol=1e-5)]
        assert len(found) == 1
        own = found[0]
        torch.testing.assert_close(features[~own].mean(0), made[2 * group + 1])
        near, far = ((directions - directions[side].mean(0)).norm(dim=1) for side in (own, ~own))
        assert torch.equal(near < far, own)


def test_copies_of_a_node_make_a_mean_each() -> None:
    task = communities()
    task.train.batch.inputs.features[task.train.members(1)] = 1.0
    made = NodeMeans(hops=0)(task, torch.full((4,), 3), Rng(0))
    assert torch.isfinite(made.inputs.features).all()
    assert torch.equal(made.inputs.features[3:6], torch.ones(3, made.inputs.features.shape[1]))


def test_what_is_no_graph_is_refused() -> None:
    with pytest.raises(RequestError, match="start 'node means'"):
        NodeMeans()(digits(), torch.ones(10, dtype=torch.int64), Rng(0))
