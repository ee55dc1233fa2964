"""Propagation of a graph's features: values and gradients against plain matrix powers, and what is kept."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch.utils import _pytree

from condenset.core import nodes as nodes_module
from condenset.core.nodes import Nodes, features_only
from condenset.core.propagation import normalise_adjacency
from condenset.core.rng import Rng
from tests.conftest import close


def matrices(nodes: int = 6, width: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    """(nodes, width) features and the (nodes, nodes) normalised adjacency of a ring, float64."""
    features = torch.randn(nodes, width, dtype=torch.float64, generator=Rng(0).child("graph").torch())
    ring = torch.eye(nodes, dtype=torch.float64)
    return features, (ring + ring.roll(1, 0) + ring.roll(-1, 0)) / 3


@pytest.mark.parametrize("steps", [0, 1, 2, 5])
@pytest.mark.parametrize("layout", ["dense", "sparse"])
def test_a_hop_is_a_power_of_the_propagation(steps: int, layout: str) -> None:
    features, propagation = matrices()
    expected = np.linalg.matrix_power(propagation.numpy(), steps) @ features.numpy()
    graph = Nodes(features, propagation if layout == "dense" else propagation.to_sparse_csr())
    close(graph.hop(steps), torch.from_numpy(expected), 1e-13)


def test_constant_hops_are_computed_once() -> None:
    graph = Nodes(*matrices())
    third = graph.hop(3)
    assert graph.hop(3) is third
    assert graph.hop(2) is graph.hop(2)
    assert graph.hop(0) is graph.features


@pytest.mark.parametrize(
    "read",
    [
        lambda graph, weight: graph.hop(2) @ weight,
        lambda graph, weight: graph.double().hop(1) @ weight.double(),
        lambda graph, weight: graph.project(graph.features, weight),
    ],
)
def test_what_is_kept_while_scoring_can_be_trained_on(
    read: Callable[[Nodes, torch.Tensor], torch.Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nodes_module, "_SPARSE_FROM", 1)
    weight = torch.ones(3, 2, dtype=torch.float64)
    graph, fresh = Nodes(*matrices()), Nodes(*matrices())
    with torch.inference_mode():
        read(graph, weight)
    slopes = [
        torch.autograd.grad(read(one, learnt).square().sum(), learnt)[0]
        for one, learnt in ((graph, weight.clone().requires_grad_()), (fresh, weight.clone().requires_grad_()))
    ]
    assert torch.equal(*slopes)


@pytest.mark.parametrize("learnt", ["features", "propagation"])
def test_hops_that_need_a_gradient_follow_the_current_values(learnt: str) -> None:
    """A synthetic graph changes at every step; a kept hop would freeze it."""
    features, propagation = matrices()
    changing = {"features": features, "propagation": propagation}[learnt].requires_grad_()
    graph = Nodes(features, propagation)
    before = graph.hop(1).detach()
    with torch.no_grad():
        changing.mul_(2)
        inside = graph.hop(1)
    close(inside, 2 * before, 1e-14)
    close(graph.hop(1), 2 * before, 1e-14)


def test_the_gradient_to_the_features_is_the_transposed_power() -> None:
    features, propagation = matrices()
    propagation = propagation * torch.linspace(0.5, 2, 6, dtype=torch.float64)  # not symmetric: a transpose shows
    pull = torch.randn(6, 3, dtype=torch.float64, generator=Rng(0).child("pull").torch())
    graph = Nodes(features.requires_grad_(), propagation)
    (gradient,) = torch.autograd.grad((graph.hop(2) * pull).sum(), features)
    close(gradient, torch.from_numpy(np.linalg.matrix_power(propagation.numpy().T, 2) @ pull.numpy()), 1e-13)


def test_the_gradient_to_the_propagation_agrees_with_finite_differences() -> None:
    features, propagation = matrices()
    assert torch.autograd.gradcheck(lambda p: Nodes(features, p).hop(3), propagation.requires_grad_())


def test_a_functional_gradient_leaves_nothing_behind() -> None:
    features, propagation = matrices()

    def energy(values: torch.Tensor) -> torch.Tensor:
        return Nodes(values, propagation).hop(2).square().sum()

    power = torch.linalg.matrix_power(propagation, 2)
    close(torch.func.grad(energy)(features), 2 * power.T @ power @ features, 1e-13)


def test_mapping_over_the_tensors_forgets_kept_hops() -> None:
    graph = Nodes(*matrices())
    graph.hop(1)
    doubled = _pytree.tree_map(lambda t: 2 * t, graph)
    assert isinstance(doubled, Nodes)
    close(doubled.hop(1), 4 * graph.hop(1), 1e-14)


def test_spreading_serves_values_of_any_width() -> None:
    graph = Nodes(*matrices())
    ones = torch.ones(6, 1, dtype=torch.float64)
    close(graph.spread(ones), ones, 1e-14)  # the ring's rows sum to one


def test_without_structure_every_hop_is_the_features() -> None:
    features, _ = matrices()
    graph = features_only(features)
    assert len(graph) == 6
    assert graph.propagation.dtype == torch.float64
    assert torch.equal(graph.hop(4), features)


def test_doubling_is_kept_for_a_constant_graph_and_follows_one_that_learns() -> None:
    features, propagation = (m.float() for m in matrices())
    graph = Nodes(features, propagation)
    assert graph.double() is graph.double()
    assert graph.double().features.dtype == torch.float64
    learning = Nodes(features.clone().requires_grad_(), propagation)
    assert learning.double() is not learning.double()
    (gradient,) = torch.autograd.grad(learning.double().features.sum(), learning.features)
    assert torch.equal(gradient, torch.ones_like(features))


@pytest.mark.parametrize("density", [0.02, 0.5])
def test_projecting_a_large_constant_graph_equals_the_dense_product(density: float) -> None:
    """Mostly-zero features go through a sparse copy; the weight's gradient must not notice."""
    generator = Rng(0).child("large").torch()
    features = torch.rand(1100, 1000, generator=generator) * (torch.rand(1100, 1000, generator=generator) < density)
    weight = torch.randn(1000, 4, generator=generator, requires_grad=True)
    graph = Nodes(features, torch.eye(1100))
    pull = torch.randn(1100, 4, generator=generator)
    close(graph.project(graph.features, weight), (features.double() @ weight.double()).detach(), 1e-5)
    (gradient,) = torch.autograd.grad((graph.project(graph.features, weight) * pull).sum(), weight)
    close(gradient, features.T.double() @ pull.double(), 1e-5)


def test_a_graph_is_sent_without_what_can_be_computed_again() -> None:
    graph = Nodes(*matrices())
    assert graph.hop(2) is graph.hop(2) and graph.double() is graph.double()
    sent = pickle.loads(pickle.dumps(graph))
    assert torch.equal(sent.features, graph.features) and torch.equal(sent.propagation, graph.propagation)
    assert sent._hops == {} and sent._doubled == []


@pytest.mark.parametrize("layout", ["dense", "sparse"])
def test_degrees_edges_and_means_are_those_of_the_adjacency(layout: str) -> None:
    weights = np.array([[0, 2.0, 0, 0], [2.0, 0, 0.5, 0], [0, 0.5, 0, 0], [0, 0, 0, 0]])
    looped = weights + np.eye(4)
    propagation = normalise_adjacency(torch.from_numpy(weights))
    values = torch.randn(4, 3, dtype=torch.float64, generator=Rng(0).torch())
    graph = Nodes(values, propagation if layout == "dense" else propagation.to_sparse_csr())
    close(graph.degrees(), torch.from_numpy(looped.sum(1)), 1e-14)
    close(graph.averaged(values), torch.from_numpy(looped / looped.sum(1, keepdims=True)) @ values, 1e-14)
    (row, column), found = graph.edges()
    assert sorted(zip(row.tolist(), column.tolist(), strict=True)) == sorted(map(tuple, np.argwhere(looped).tolist()))
    close(found, torch.from_numpy(looped)[row, column], 1e-14)


def test_means_reach_weights_that_are_learnt() -> None:
    weights = torch.tensor([[0, 2.0], [2.0, 0]], dtype=torch.float64, requires_grad=True)
    graph = Nodes(torch.tensor([[1.0], [4.0]], dtype=torch.float64), normalise_adjacency(weights))
    (gradient,) = torch.autograd.grad(graph.averaged(graph.features)[0, 0], weights)
    close(gradient[0], torch.tensor([2 / 3, 1 / 3], dtype=torch.float64), 1e-12)  # of (1 + v + 4 w) / (1 + v + w)
