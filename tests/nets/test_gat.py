"""GAT against PyG's layer, weighted edges as repeated ones, and its initial law."""

from __future__ import annotations

import math

import pytest
import torch

from condenset.core.nodes import Nodes
from condenset.core.propagation import normalise_adjacency
from condenset.core.rng import Rng
from condenset.nets.gat import AttentionLayer
from tests.conftest import close
from tests.nets.graphs import ring, without_edges
from tests.networks import drawn


def layer(inputs: int = 5, width: int = 4, heads: int = 3) -> AttentionLayer:
    """One in float64 with numbers in every parameter."""
    made, generator = AttentionLayer(inputs, width, heads).double(), Rng(0).torch()
    values = {k: torch.randn(v.shape, dtype=v.dtype, generator=generator) for k, v in made.state_dict().items()}
    made.load_state_dict(values)
    return made


@pytest.mark.parametrize("sparse", [False, True])
def test_a_layer_is_that_of_pyg(sparse: bool) -> None:
    geometric = pytest.importorskip("torch_geometric.nn")
    graph, edges = ring(sparse=sparse)
    ours, theirs = layer(), geometric.GATConv(5, 4, heads=3).double()
    state = {"att_src": ours.of_neighbour[None], "att_dst": ours.of_node[None], "bias": ours.bias}
    theirs.load_state_dict(state | {"lin.weight": ours.linear.weight})
    close(ours(graph, graph.features), theirs(graph.features, edges).detach(), 1e-12)


def test_an_edge_of_weight_two_counts_as_two_edges() -> None:
    """The second neighbour as two nodes that are alike, or as one by an edge of weight 2."""
    values = torch.randn(3, 5, dtype=torch.float64, generator=Rng(1).torch())
    single = torch.zeros(3, 3, dtype=torch.float64)
    single[0, 1] = single[1, 0] = 1
    single[0, 2] = single[2, 0] = 2
    double = torch.zeros(4, 4, dtype=torch.float64)
    double[0, 1:] = double[1:, 0] = 1
    network = layer()
    by_weight = network(Nodes(values, normalise_adjacency(single)), values)[0]
    twice = values[[0, 1, 2, 2]]
    close(by_weight, network(Nodes(twice, normalise_adjacency(double)), twice)[0].detach(), 1e-12)


def test_without_edges_a_node_attends_to_itself() -> None:
    graph, network = without_edges(ring()[0]), layer()
    close(network(graph, graph.features), (network.linear(graph.features) + network.bias).detach(), 1e-12)


def test_gradients_reach_weights_that_are_learnt() -> None:
    weights = torch.tensor([[0, 0.5], [0.5, 0]], dtype=torch.float64, requires_grad=True)
    values = torch.randn(2, 5, dtype=torch.float64, generator=Rng(1).torch())
    network = layer()
    (gradient,) = torch.autograd.grad(network(Nodes(values, normalise_adjacency(weights)), values)[0].sum(), weights)
    step = torch.tensor([[0, 1e-6], [1e-6, 0]], dtype=torch.float64)
    ends = [network(Nodes(values, normalise_adjacency(weights.detach() + s * step)), values)[0].sum() for s in (1, -1)]
    close((gradient * step).sum()[None], ((ends[0] - ends[1]) / 2)[None].detach(), 1e-5)


def test_attention_is_drawn_by_its_width_and_biases_are_zero() -> None:
    parameters = drawn("gat:hidden=16,heads=4", (5,), 3, Rng(0)).parameters
    assert parameters["layers.0.bias"].abs().max() == 0
    largest = parameters["layers.0.of_node"].abs().max().item()
    assert 0.8 / math.sqrt(16) < largest <= 1 / math.sqrt(16)


def test_it_has_two_layers_of_which_the_last_has_one_head() -> None:
    graph, _ = ring()
    network = drawn("gat:hidden=4,heads=3", (5,), 2, Rng(0))
    output = network(graph, {k: v.double() for k, v in network.parameters.items()})
    assert output.logits.shape == (9, 2) and output.embedding.shape == (9, 12)
