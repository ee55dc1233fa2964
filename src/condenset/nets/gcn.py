"""Graph convolutional network (Kipf & Welling 2017, arXiv 1609.02907), as graph condensation papers evaluate it."""

from __future__ import annotations

from itertools import pairwise

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from condenset.core.errors import RequestError
from condenset.core.nodes import Nodes
from condenset.nets.network import Architecture, Output, of_shape


class Convolution(nn.Module):
    """One layer P (H W) + b; weight and bias are those of a linear layer, and so is their initial law."""

    def __init__(self, inputs: int, outputs: int) -> None:
        """Args: widths before and after."""
        super().__init__()
        self.linear = nn.Linear(inputs, outputs)

    def forward(self, graph: Nodes, values: Float[Tensor, "nodes inputs"]) -> Float[Tensor, "nodes outputs"]:
        """Multiply first: what is propagated is then as narrow as the layer's output."""
        return graph.spread(graph.project(values, self.linear.weight.T)) + self.linear.bias


class GCN(nn.Module):
    """Layers P (H W) + b with ReLU and dropout between them; P (nodes, nodes) is the graph's propagation.

    Dropout draws from torch's global generator in training mode, so a learner that sets it must fork that generator
    and call `eval()` before predicting.
    """

    def __init__(
        self, input_shape: tuple[int, ...], outputs: int, hidden: int = 256, layers: int = 2, dropout: float = 0.0
    ) -> None:
        """Args: input_shape, (features,); hidden, width; layers, how many times to propagate; dropout, probability.

        Raises `RequestError` for fewer than one layer.
        """
        super().__init__()
        if layers < 1:
            raise RequestError(f"gcn has {layers} layers: expected at least 1")
        widths = [input_shape[0]] + [hidden] * (layers - 1)
        self.convolutions = nn.ModuleList(Convolution(*pair) for pair in pairwise(widths))
        self.last = nn.Linear(widths[-1], outputs)
        self.dropout = nn.Dropout(dropout)

    def forward(self, graph: Nodes) -> Output:
        """Class scores (nodes, outputs); the embedding (nodes, width) is the last hidden layer once propagated."""
        values, layers = graph.features, []
        for convolution in self.convolutions:
            values = self.dropout(F.relu(convolution(graph, values)))
            layers.append(values)
        embedding = graph.spread(values) if layers else graph.hop(1)
        return Output(self.last(embedding), embedding, tuple(layers))


# Nodes influence each other, yet a batch always carries its whole graph, so one pass serves every group: not coupled.
ARCHITECTURE = Architecture(build=of_shape(GCN), reads=("nodes",))
