"""GraphSAGE (Hamilton et al., Inductive Representation Learning on Large Graphs, NeurIPS 2017, arXiv 1706.02216).

The mean is over a node and its neighbours, by the weights of the edges, as GCond grades by it (arXiv 2110.07580):
a set without edges then teaches both halves of a layer.
"""

from __future__ import annotations

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from condenset.core.nodes import Nodes
from condenset.nets.message_passing import MessagePassing
from condenset.nets.network import Architecture, of_shape


class MeanLayer(nn.Module):
    """One layer H W_own + D^-1 (A + I) H W_mean + b."""

    def __init__(self, inputs: int, outputs: int) -> None:
        """Args: widths before and after."""
        super().__init__()
        self.own = nn.Linear(inputs, outputs)
        self.mean = nn.Linear(inputs, outputs, bias=False)

    def forward(self, graph: Nodes, values: Float[Tensor, "nodes inputs"]) -> Float[Tensor, "nodes outputs"]:
        """Multiply first: what is averaged is then as narrow as the layer's output."""
        own = graph.project(values, self.own.weight.T) + self.own.bias
        return own + graph.averaged(graph.project(values, self.mean.weight.T))


def sage(input_shape: tuple[int, ...], outputs: int, hidden: int = 256, dropout: float = 0.0) -> nn.Module:
    """Two layers, ReLU between them. Args: input_shape, (features,); hidden, width; dropout, probability."""
    return MessagePassing([MeanLayer(input_shape[0], hidden), MeanLayer(hidden, outputs)], F.relu, dropout)


ARCHITECTURE = Architecture(build=of_shape(sage), reads=("nodes",))
