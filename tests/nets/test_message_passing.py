"""The frame of graph networks: order of layers, what is returned, dropout."""

from __future__ import annotations

import torch
from torch import nn

from condenset.core.nodes import Nodes
from condenset.nets.message_passing import MessagePassing
from tests.conftest import close
from tests.nets.graphs import ring


class Spread(nn.Module):
    """Values of the neighbours, times a number."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, graph: Nodes, values: torch.Tensor) -> torch.Tensor:
        return self.factor * graph.spread(values)


def test_layers_follow_each_other_with_the_activation_between() -> None:
    graph, _ = ring()
    output = MessagePassing([Spread(2), Spread(-3)], torch.relu, dropout=0.0)(graph)
    dense = graph.propagation.to_dense()
    hidden = (2 * dense @ graph.features).relu()
    close(output.logits, -3 * dense @ hidden, 1e-14)
    assert output.embedding is output.layers[0]
    close(output.embedding, hidden, 1e-14)


def test_dropout_acts_in_training_mode_only() -> None:
    graph, _ = ring()
    network = MessagePassing([Spread(1), Spread(1)], torch.relu, dropout=0.5)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        assert not torch.equal(network(graph).logits, network.eval()(graph).logits)
    assert torch.equal(network(graph).logits, network(graph).logits)
