"""APPNP against PyG's propagation and the closed form that it goes to."""

from __future__ import annotations

import pytest
import torch

from condenset.core.rng import Rng
from condenset.nets.appnp import APPNP
from tests.conftest import close
from tests.nets.graphs import ring, without_edges
from tests.networks import drawn


def perceptron(network: APPNP, values: torch.Tensor) -> torch.Tensor:
    """Its scores before they are propagated."""
    return network.last(network.first(values).relu()).detach()


def test_scores_are_propagated_as_by_pyg() -> None:
    geometric = pytest.importorskip("torch_geometric.nn")
    graph, edges = ring()
    network = APPNP((5,), 3, hidden=6).double()
    expected = geometric.APPNP(K=10, alpha=0.1)(perceptron(network, graph.features), edges)
    close(network(graph).logits, expected, 1e-12)


def test_many_hops_are_personalised_page_rank() -> None:
    graph, _ = ring(sparse=False)
    network = APPNP((5,), 3, hidden=6, hops=200, teleport=0.2).double()
    own = perceptron(network, graph.features)
    expected = 0.2 * torch.linalg.solve(torch.eye(9, dtype=torch.float64) - 0.8 * graph.propagation, own)
    close(network(graph).logits, expected, 1e-10)


def test_without_edges_it_is_a_perceptron() -> None:
    graph, network = without_edges(ring()[0]), APPNP((5,), 3, hidden=6).double()
    close(network(graph).logits, perceptron(network, graph.features), 1e-12)
    assert next(iter(drawn("appnp:hidden=6", (5,), 3, Rng(0)).parameters)) == "first.weight"
