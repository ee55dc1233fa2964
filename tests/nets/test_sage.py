"""GraphSAGE against PyG's layer, and what a set without edges teaches it."""

from __future__ import annotations

import pytest
import torch

from condenset.core.rng import Rng
from condenset.nets.sage import MeanLayer
from tests.conftest import close
from tests.nets.graphs import ring, without_edges
from tests.networks import drawn


@pytest.mark.parametrize("sparse", [False, True])
def test_a_layer_is_that_of_pyg_on_a_graph_with_loops(sparse: bool) -> None:
    geometric, utils = (pytest.importorskip(f"torch_geometric.{name}") for name in ("nn", "utils"))
    graph, edges = ring(sparse=sparse)
    theirs, ours = geometric.SAGEConv(5, 4).double(), MeanLayer(5, 4).double()
    ours.own.load_state_dict({"weight": theirs.lin_r.weight, "bias": theirs.lin_l.bias})
    ours.mean.load_state_dict({"weight": theirs.lin_l.weight})
    looped, _ = utils.add_self_loops(edges, num_nodes=len(graph))
    close(ours(graph, graph.features), theirs(graph.features, looped).detach(), 1e-12)


def test_without_edges_a_node_is_its_own_mean() -> None:
    graph = without_edges(ring()[0])
    layer = MeanLayer(5, 4).double()
    expected = graph.features @ (layer.own.weight + layer.mean.weight).T + layer.own.bias
    close(layer(graph, graph.features), expected.detach(), 1e-12)


def test_it_has_two_layers() -> None:
    network = drawn("sage:hidden=6", (5,), 3, Rng(0))
    output = network(without_edges(ring()[0]), {k: v.double() for k, v in network.parameters.items()})
    assert output.logits.shape == (9, 3) and output.embedding.shape == (9, 6) and len(output.layers) == 1
    assert torch.equal(output.embedding, output.embedding.relu())
