"""Networks of layers that read a graph and the values of its nodes: non-linearity and dropout between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from condenset.core.nodes import Nodes
from condenset.nets.network import Output


class MessagePassing(nn.Module):
    """Layers `(graph, values (nodes, inputs)) -> (nodes, outputs)`, the last of them to the class scores.

    Dropout draws from torch's global generator in training mode, so a learner that sets it must fork that generator
    and call `eval()` before predicting.
    """

    def __init__(self, layers: Sequence[nn.Module], activation: Callable[[Tensor], Tensor], dropout: float) -> None:
        """Args: layers; activation, between two of them; dropout, probability, after the activation."""
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.activation = activation
        self.dropout = nn.Dropout(dropout)

    def forward(self, graph: Nodes) -> Output:
        """Class scores (nodes, outputs), what the last layer reads (nodes, width) and the hidden layers' values."""
        values, hidden = graph.features, []
        for layer in self.layers[:-1]:
            values = self.dropout(self.activation(layer(graph, values)))
            hidden.append(values)
        return Output(self.layers[-1](graph, values), values, tuple(hidden))
