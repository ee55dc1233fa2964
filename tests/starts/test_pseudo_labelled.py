"""A start on pseudo-labelled nodes: known labels stay, all nodes count, those that say nothing do not."""

from __future__ import annotations

from dataclasses import replace

import torch

from condenset.core.nodes import Nodes
from condenset.core.rng import Rng
from condenset.learners.spread_ridge import SpreadRidge
from condenset.starts.herding import herding
from condenset.starts.k_means import k_means
from condenset.starts.pseudo_labelled import PseudoLabelled
from condenset.tasks.in_memory import InMemoryView
from tests.tasks.graph.example import communities, task


def test_means_are_of_all_nodes_that_seem_to_be_of_a_class() -> None:
    opened = communities()
    graph, counts = opened.train.batch.inputs, torch.ones(4, dtype=torch.int64)
    batch = PseudoLabelled(start=k_means)(opened, counts, Rng(0))
    model = SpreadRidge().fit(opened.train.all(), opened, Rng(0))
    classes = opened.train.batch.groups.where(opened.train.batch.weight > 0, model(graph).argmax(1))
    means = torch.stack([graph.hop(2)[classes == group].mean(0) for group in range(4)])
    torch.testing.assert_close(batch.inputs.features, means)
    truth = opened.held_out()
    assert (classes == truth.targets)[truth.examples()].float().mean() > 0.8
    assert batch.targets.tolist() == batch.groups.tolist() == [0, 1, 2, 3]


def test_labels_that_are_known_are_kept() -> None:
    opened = task()
    batch = opened.train.batch
    wrong = batch.targets.where(torch.arange(12) != 0, 1)  # the first node says that it is of the other class
    told = replace(opened, train=InMemoryView(replace(batch, targets=wrong, groups=wrong), 2))
    view = PseudoLabelled()._labelled(told, Rng(0))
    assert view.batch.groups[0] == 1
    assert len(view) == 12


def test_what_says_nothing_is_left_out() -> None:
    opened = task()
    batch = opened.train.batch
    features, propagation = batch.inputs.features.clone(), batch.inputs.propagation.to_dense().clone()
    features[4] = 0
    propagation[4], propagation[:, 4] = 0, 0
    propagation[4, 4] = 1
    alone = replace(opened, train=InMemoryView(replace(batch, inputs=Nodes(features, propagation)), 2))
    assert 4 not in torch.cat([PseudoLabelled()._labelled(alone, Rng(0)).members(g) for g in (0, 1)])


def test_where_all_nodes_are_labelled_it_is_its_start() -> None:
    opened = communities()
    batch = opened.train.batch
    whole = replace(opened, train=InMemoryView(replace(batch, weight=torch.ones(len(batch))), 4))
    counts = torch.full((4,), 2)
    ours = PseudoLabelled(start=herding)(whole, counts, Rng(0))
    assert torch.equal(ours.inputs.features, herding(whole, counts, Rng(0)).inputs.features)
