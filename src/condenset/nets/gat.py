"""Graph attention network (Veličković et al., Graph Attention Networks, ICLR 2018, arXiv 1710.10903).

An edge of weight w counts as w edges would, so that a dense weighted adjacency needs no threshold.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.core.nodes import Nodes
from condenset.nets.message_passing import MessagePassing
from condenset.nets.network import Architecture, of_shape

_SLOPE = 0.2  # of the scores below 0


class AttentionLayer(nn.Module):
    """Heads side by side; each averages H W over a node and its neighbours, by a softmax of scores of the pairs."""

    def __init__(self, inputs: int, width: int, heads: int) -> None:
        """Args: inputs, width before; width, of each head after."""
        super().__init__()
        self.linear = nn.Linear(inputs, heads * width, bias=False)
        self.of_node = nn.Parameter(torch.empty(heads, width))
        self.of_neighbour = nn.Parameter(torch.empty(heads, width))
        self.bias = nn.Parameter(torch.empty(heads * width))

    def drawn(self, name: str, generator: torch.Generator) -> Tensor:
        """The initial law of its own parameters: as weights of a linear layer of `width` inputs, the bias 0."""
        shape = self.get_parameter(name).shape
        bound = 0.0 if name == "bias" else 1 / math.sqrt(shape[1])
        return torch.empty(shape).uniform_(-bound, bound, generator=generator)

    def forward(self, graph: Nodes, values: Float[Tensor, "nodes inputs"]) -> Float[Tensor, "nodes outputs"]:
        """Values (nodes, heads x width)."""
        (node, neighbour), weights = graph.edges()
        heads = graph.project(values, self.linear.weight.T).unflatten(1, self.of_node.shape)
        scores = (heads * self.of_node).sum(2)[node] + (heads * self.of_neighbour).sum(2)[neighbour]
        shares = _softmax(F.leaky_relu(scores, _SLOPE) + weights.log()[:, None], node, len(graph))
        means = torch.zeros_like(heads).index_add(0, node, shares[:, :, None] * heads[neighbour])
        return means.flatten(1) + self.bias


def _softmax(
    scores: Float[Tensor, "edges heads"], node: Int[Tensor, " edges"], nodes: int
) -> Float[Tensor, "edges heads"]:
    """Over the edges of each node."""
    index = node[:, None].expand_as(scores)
    largest = scores.new_full((nodes, scores.shape[1]), -math.inf).scatter_reduce(0, index, scores.detach(), "amax")
    powers = (scores - largest[node]).exp()
    return powers / powers.new_zeros(largest.shape).index_add(0, node, powers)[node]


def gat(input_shape: tuple[int, ...], outputs: int, hidden: int = 8, heads: int = 8, dropout: float = 0.0) -> nn.Module:
    """Two layers, ELU between them; the last has one head.

    Args: input_shape, (features,); hidden, width of a head; heads, of the first layer; dropout, probability.
    """
    layers = AttentionLayer(input_shape[0], hidden, heads), AttentionLayer(heads * hidden, outputs, 1)
    return MessagePassing(layers, F.elu, dropout)


ARCHITECTURE = Architecture(build=of_shape(gat), reads=("nodes",))
