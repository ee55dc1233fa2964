"""Means of nodes' own features over clusters of their propagated directions."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from torch.nn.functional import normalize

from condenset.assets.teachers import TEACHING
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.learners.named import named_learner
from condenset.starts import node_means
from condenset.starts.node_means import NodeMeans
from tests.examples import digits
from tests.tasks.graph.example import communities


def apart(means: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
    """How means differ from that of all, in features divided by their variance and that of an average feature."""
    table = features.double()
    return (means.double() - table.mean(0)) / (table.var(0, correction=0) + table.var(0, correction=0).mean())


def alike(found: torch.Tensor, mean: torch.Tensor, features: torch.Tensor) -> bool:
    return torch.cosine_similarity(found.double(), apart(mean, features), dim=0).item() > 1 - 1e-6


def test_one_of_a_class_is_the_mean_of_its_own_features_divided_by_their_variance() -> None:
    task = communities()
    features = task.train.batch.inputs.features
    features[:, 0] *= 5
    made = NodeMeans()(task, torch.ones(4, dtype=torch.int64), Rng(0))
    means = torch.stack([features[task.train.members(group)].mean(0) for group in range(4)])
    found, expected = made.inputs.features - features.mean(0), apart(means, features)
    torch.testing.assert_close(found.norm(), (means - features.mean(0)).norm())
    torch.testing.assert_close(found.double() / found.norm(), expected / expected.norm(), rtol=1e-4, atol=1e-6)
    assert made.targets.tolist() == made.groups.tolist() == [0, 1, 2, 3]


def test_what_reads_no_edges_learns_what_tells_classes_apart_not_what_varies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of nodes one feature in four of which is longer than the others and says nothing of their classes."""
    task, right = communities(), []
    features = task.train.batch.inputs.features
    features[:, ::4] = 4 * torch.randn(features[:, ::4].shape, generator=Rng(1).torch())
    for divided in (node_means.divided, lambda means, _: means):
        monkeypatch.setattr(node_means, "divided", divided)
        made = NodeMeans()(task, torch.full((4,), 3), Rng(0))
        model = named_learner("mlp", TEACHING).fit(made, task, Rng(0))
        right.append(task.grade(model, Rng(0))["accuracy"])
    assert right[0] > right[1] + 0.05


def test_two_means_part_a_class_by_direction_among_neighbours() -> None:
    """Every member is nearer to the mean direction of its own part: the fixed point of k-means."""
    task = communities()
    graph, made = task.train.batch.inputs, NodeMeans()(task, torch.full((4,), 2), Rng(0)).inputs.features
    for group in range(4):
        members = task.train.members(group)
        features, directions = graph.features[members], normalize(graph.hop(2)[members])
        sides = [torch.tensor(side, dtype=torch.bool) for side in product((0, 1), repeat=len(members))][1:-1]
        one, other = (made[2 * group + part] - graph.features.mean(0) for part in range(2))
        found = [side for side in sides if alike(one, features[side].mean(0), graph.features)]
        assert len(found) == 1
        own = found[0]
        assert alike(other, features[~own].mean(0), graph.features)
        near, far = ((directions - directions[side].mean(0)).norm(dim=1) for side in (own, ~own))
        assert torch.equal(near < far, own)


def test_copies_of_a_node_make_a_mean_each() -> None:
    task = communities()
    task.train.batch.inputs.features[task.train.members(1)] = 1.0
    made = NodeMeans(hops=0)(task, torch.full((4,), 3), Rng(0))
    assert torch.isfinite(made.inputs.features).all()
    assert torch.equal(*made.inputs.features[3:5]) and torch.equal(*made.inputs.features[4:6])


def test_nodes_that_are_all_alike_stay_so() -> None:
    task = communities()
    task.train.batch.inputs.features[:] = 2.0
    made = NodeMeans(hops=0)(task, torch.ones(4, dtype=torch.int64), Rng(0))
    assert torch.equal(made.inputs.features, torch.full((4, 16), 2.0))


def test_what_is_no_graph_is_refused() -> None:
    with pytest.raises(RequestError, match="start 'node means'"):
        NodeMeans()(digits(), torch.ones(10, dtype=torch.int64), Rng(0))
