"""Simplified graph convolution: propagation, then one linear layer (Wu et al. 2019, arXiv 1902.07153)."""

from __future__ import annotations

from torch import nn

from condenset.core.errors import RequestError
from condenset.core.nodes import Nodes
from condenset.nets.network import Architecture, Output, of_shape


class SGC(nn.Module):
    """P^hops X W + b for propagation P (nodes, nodes) and features X (nodes, features).

    The propagated features of a constant graph are computed once and kept by the graph.
    """

    def __init__(self, input_shape: tuple[int, ...], outputs: int, hops: int = 2) -> None:
        """Args: input_shape, (features,); hops, how many times to propagate. Raises `RequestError` below 0 hops."""
        super().__init__()
        if hops < 0:
            raise RequestError(f"sgc has {hops} hops: expected 0 or more")
        self.hops = hops
        self.linear = nn.Linear(input_shape[0], outputs)

    def forward(self, graph: Nodes) -> Output:
        """Class scores (nodes, outputs); the embedding is the propagated features (nodes, features)."""
        embedding = graph.hop(self.hops)
        return Output(self.linear(embedding), embedding)


ARCHITECTURE = Architecture(build=of_shape(SGC), reads=("nodes",))
