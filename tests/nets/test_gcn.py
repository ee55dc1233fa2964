"""GCN against the golden vectors, and its law, embedding and dropout."""

from __future__ import annotations

import math

import pytest
import scipy.sparse as sp
import torch
from torch.nn.functional import log_softmax

from condenset.core.errors import RequestError
from condenset.core.nodes import Nodes, features_only
from condenset.core.propagation import normalise_adjacency
from condenset.core.registries import NETWORKS
from condenset.core.rng import Rng
from condenset.nets.gcn import GCN
from tests.conftest import close, golden
from tests.networks import drawn


def loaded(vectors: dict[str, torch.Tensor], depth: int) -> GCN:
    """The golden network of two or three layers; its weights are stored in x out."""
    net = GCN((6,), 3, hidden=5, layers=depth).double()
    pairs = [(vectors[f"in_L{depth}_W{i}"], vectors[f"in_L{depth}_b{i}"]) for i in range(depth)]
    for linear, (weight, bias) in zip([*(c.linear for c in net.convolutions), net.last], pairs, strict=True):
        linear.load_state_dict({"weight": weight.T, "bias": bias})
    return net


@pytest.mark.parametrize("depth", [2, 3])
@pytest.mark.parametrize("sparse", [False, True])
def test_forward_matches_golden(depth: int, sparse: bool) -> None:
    vectors = golden("modalities/graphs_gcn")
    adjacency = vectors["in_adj"]
    graph = Nodes(vectors["in_x"], normalise_adjacency(sp.csr_array(adjacency.numpy()) if sparse else adjacency))
    output = loaded(vectors, depth)(graph)
    close(log_softmax(output.logits, 1), vectors[f"out_logprob_L{depth}"], 1e-12)


def test_logits_are_linear_in_the_embedding() -> None:
    vectors = golden("modalities/graphs_gcn")
    net = loaded(vectors, 2)
    output = net(Nodes(vectors["in_x"], normalise_adjacency(vectors["in_adj"])))
    close(output.embedding @ net.last.weight.T + net.last.bias, output.logits, 1e-14)
    assert [layer.shape for layer in output.layers] == [(9, 5)]


def test_identity_propagation_makes_it_a_perceptron() -> None:
    network = drawn("gcn:hidden=8", (5,), 3, Rng(0))
    rows = torch.randn(6, 5, generator=torch.Generator().manual_seed(1))
    w0, b0, w1, b1 = network.parameters.values()
    close(network(features_only(rows)).logits, (rows @ w0.T + b0).relu() @ w1.T + b1, 1e-6)


def test_weights_and_biases_are_uniform_by_fan_in() -> None:
    network = drawn("gcn", (1433,), 7, Rng(0))
    for name, fan_in in (("convolutions.0.linear", 1433), ("last", 256)):
        bound = 1 / math.sqrt(fan_in)
        weight, bias = network.parameters[f"{name}.weight"], network.parameters[f"{name}.bias"]
        assert weight.shape[1] == fan_in
        assert weight.abs().max() <= bound
        assert abs(weight.std().item() / (bound / math.sqrt(3)) - 1) < 0.03
        assert 0.3 * bound < bias.abs().max() <= bound


def test_one_layer_is_a_propagated_linear_model() -> None:
    vectors = golden("modalities/graphs_gcn")
    net = GCN((6,), 3, layers=1).double()
    output = net(Nodes(vectors["in_x"], normalise_adjacency(vectors["in_adj"])))
    close(output.embedding, normalise_adjacency(vectors["in_adj"]) @ vectors["in_x"], 1e-14)
    assert output.layers == ()


def test_dropout_acts_in_training_mode_only() -> None:
    network = drawn("gcn:hidden=64,dropout=0.5", (5,), 3, Rng(0))
    plain = drawn("gcn:hidden=64", (5,), 3, Rng(0))
    graph = features_only(torch.randn(20, 5, generator=torch.Generator().manual_seed(1)))
    with torch.random.fork_rng():
        assert not torch.equal(network(graph).logits, plain(graph).logits)
    assert torch.equal(network.evaluating()(graph).logits, plain(graph).logits)


def test_no_layers_are_refused() -> None:
    with pytest.raises(RequestError, match="0 layers"):
        drawn("gcn:layers=0", (5,), 3, Rng(0))


def test_it_reads_graphs() -> None:
    assert NETWORKS.declared("gcn")["reads"] == ["nodes"]
