"""Graph convolutional network on whole graphs: GCN layers (Kipf & Welling 2017, arXiv 1609.02907), then pooling, as
DosCond (Jin et al., KDD 2022, arXiv 2206.07746) evaluates it."""

from __future__ import annotations

from itertools import pairwise

import torch.nn.functional as F
from torch import nn

from condenset.core.errors import RequestError
from condenset.core.graphs import Graphs
from condenset.nets.graph_pooling import graph_pooling
from condenset.nets.network import Architecture, Output, of_shape


class GraphGCN(nn.Module):
    """Layers ReLU(P (H W) + b) for P = D^-1/2 (A + I) D^-1/2, then the pooled nodes and a linear layer."""

    def __init__(
        self, input_shape: tuple[int, ...], outputs: int, width: int = 32, layers: int = 3, pooling: str = "mean"
    ) -> None:
        """Args: input_shape, (features,); width, of every layer; pooling, "mean" or "sum".

        Raises `RequestError` for fewer than one layer, `UnknownNameError` for another pooling.
        """
        super().__init__()
        if layers < 1:
            raise RequestError(f"graph-gcn has {layers} layers: expected at least 1")
        self.pooling = graph_pooling(pooling)
        widths = [input_shape[0]] + [width] * layers
        self.layers = nn.ModuleList(nn.Linear(*pair) for pair in pairwise(widths))
        self.last = nn.Linear(width, outputs)

    def forward(self, graphs: Graphs) -> Output:
        """Class scores (graphs, outputs), the embedding (graphs, width), and every layer pooled like it."""
        propagation, values, layers = graphs.normalised(), graphs.features, []
        for layer in self.layers:
            values = F.relu(layer(propagation.spread(values)))
            layers.append(values)
        pooled = tuple(self.pooling(graphs, layer) for layer in layers)
        return Output(self.last(pooled[-1]), pooled[-1], pooled)


ARCHITECTURE = Architecture(build=of_shape(GraphGCN), reads=("graphs",))
