"""ChebNet: polynomials of the graph's Laplacian (Defferrard et al., Convolutional Neural Networks on Graphs with Fast
Localized Spectral Filtering, NeurIPS 2016, arXiv 1606.09375).

The Laplacian is that of the propagation, I - P with P = D^-1/2 (A + I) D^-1/2, and its largest eigenvalue is taken to
be 2, so that polynomials are of -P: a set without edges then teaches the filters of all orders.
"""

from __future__ import annotations

from typing import cast

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from condenset.core.errors import RequestError
from condenset.core.nodes import Nodes
from condenset.nets.message_passing import MessagePassing
from condenset.nets.network import Architecture, of_shape


class ChebyshevLayer(nn.Module):
    """One layer sum_k T_k(-P) H W_k + b of Chebyshev polynomials T_k."""

    def __init__(self, inputs: int, outputs: int, order: int) -> None:
        """Args: widths before and after; order, of the last polynomial. Raises `RequestError` for one below 0."""
        super().__init__()
        if order < 0:
            raise RequestError(f"cheby has polynomials up to order {order}: expected 0 or more")
        self.first = nn.Linear(inputs, outputs)
        self.further = nn.ModuleList(nn.Linear(inputs, outputs, bias=False) for _ in range(order))

    def forward(self, graph: Nodes, values: Float[Tensor, "nodes inputs"]) -> Float[Tensor, "nodes outputs"]:
        """By Clenshaw's recurrence on values that are as narrow as the layer's output."""
        first = graph.project(values, self.first.weight.T)
        sums = before = torch.zeros_like(first)
        for part in reversed(self.further):
            term = graph.project(values, cast(Tensor, part.weight).T)
            sums, before = term - 2 * graph.spread(sums) - before, sums
        return first - graph.spread(sums) - before + self.first.bias


def cheby(
    input_shape: tuple[int, ...], outputs: int, hidden: int = 256, order: int = 2, dropout: float = 0.0
) -> nn.Module:
    """Two layers, ReLU between them.

    Args: input_shape, (features,); hidden, width; order, of the last polynomial; dropout, probability.
    """
    layers = ChebyshevLayer(input_shape[0], hidden, order), ChebyshevLayer(hidden, outputs, order)
    return MessagePassing(layers, F.relu, dropout)


ARCHITECTURE = Architecture(build=of_shape(cheby), reads=("nodes",))
