"""Graph isomorphism network (Xu et al., How Powerful are Graph Neural Networks?, ICLR 2019, arXiv 1810.00826)."""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn

from condenset.core.errors import RequestError
from condenset.core.graphs import Graphs
from condenset.nets.graph_pooling import graph_pooling
from condenset.nets.network import Architecture, Output, of_shape


class GIN(nn.Module):
    """Layers MLP(h + sum of the neighbours' h), with an MLP of two linear layers (GIN-0).

    A graph's embedding is what its nodes have after every layer, pooled and side by side. There is no batch
    normalisation, so that graphs of a batch ignore each other.
    """

    def __init__(
        self, input_shape: tuple[int, ...], outputs: int, width: int = 32, layers: int = 3, pooling: str = "sum"
    ) -> None:
        """Args: input_shape, (features,); width, of every layer; pooling, "mean" or "sum".

        Raises `RequestError` for fewer than one layer, `UnknownNameError` for another pooling.
        """
        super().__init__()
        if layers < 1:
            raise RequestError(f"gin has {layers} layers: expected at least 1")
        self.pooling = graph_pooling(pooling)
        widths = [input_shape[0]] + [width] * layers
        self.inner = nn.ModuleList(nn.Linear(*pair) for pair in pairwise(widths))
        self.outer = nn.ModuleList(nn.Linear(width, width) for _ in range(layers))
        self.last = nn.Linear(width * layers, outputs)

    def forward(self, graphs: Graphs) -> Output:
        """Class scores (graphs, outputs), the embedding (graphs, width * layers), and each layer pooled."""
        values, layers = graphs.features, []
        for inner, outer in zip(self.inner, self.outer, strict=True):
            values = F.relu(outer(F.relu(inner(values + graphs.spread(values)))))
            layers.append(values)
        pooled = [self.pooling(graphs, layer) for layer in layers]
        embedding = torch.cat(pooled, 1)
        return Output(self.last(embedding), embedding, tuple(pooled))


ARCHITECTURE = Architecture(build=of_shape(GIN), reads=("graphs",))
