"""SGC against the golden vectors, and that a constant graph is propagated once."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import log_softmax

from condenset.core.errors import RequestError
from condenset.core.nodes import Nodes
from condenset.core.propagation import normalise_adjacency
from condenset.core.registries import NETWORKS
from condenset.core.rng import Rng
from condenset.nets.sgc import SGC
from tests.conftest import close, golden
from tests.networks import drawn


def test_forward_matches_golden() -> None:
    vectors = golden("modalities/graphs_sgc")
    net = SGC((6,), 3, hops=int(vectors["in_K"])).double()
    net.linear.load_state_dict({"weight": vectors["in_W"].T, "bias": vectors["in_b"]})
    output = net(Nodes(vectors["in_x"], normalise_adjacency(vectors["in_adj"])))
    close(output.embedding, vectors["out_prop"], 1e-12)
    close(log_softmax(output.logits, 1), vectors["out_logprob"], 1e-12)


def test_a_constant_graph_is_propagated_once() -> None:
    graph = Nodes(torch.rand(4, 3, generator=torch.Generator().manual_seed(0)), normalise_adjacency(torch.ones(4, 4)))
    first, second = (drawn("sgc", (3,), 2, Rng(seed))(graph) for seed in (0, 1))
    assert first.embedding is second.embedding
    assert not torch.equal(first.logits, second.logits)


def test_gradients_reach_features_that_are_learnt() -> None:
    features = torch.rand(4, 3, generator=torch.Generator().manual_seed(0)).requires_grad_()
    propagation = normalise_adjacency(torch.ones(4, 4) - torch.eye(4))
    network = drawn("sgc:hops=1", (3,), 2, Rng(0))
    (gradient,) = torch.autograd.grad(network(Nodes(features, propagation)).logits.sum(), features)
    close(gradient, propagation.T @ torch.ones(4, 2) @ network.parameters["linear.weight"], 1e-6)


def test_negative_hops_are_refused() -> None:
    with pytest.raises(RequestError, match="-1 hops"):
        drawn("sgc:hops=-1", (3,), 2, Rng(0))


def test_it_reads_graphs() -> None:
    assert NETWORKS.declared("sgc")["reads"] == ["nodes"]
