"""Light graph neural tangent kernel between whole graphs, LiteGNTK (KiDD: Xu et al., Kernel Ridge Regression-Based
Graph Dataset Distillation, KDD 2023).

Nodes are aggregated once, meet one arc-cosine layer, and are aggregated again; a pair of graphs counts the mean over
pairs of their nodes. What follows the layer is linear: it only weighs the nodes, and no aggregated matrix is formed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Inputs
from condenset.core.graphs import Graphs
from condenset.kernels.arccosine import arc_cosine, deviation

_CLIP = 0.9999  # of cosines
_NORM = 1e-6  # added to the product of two deviations
_ENTRIES = 2**23  # of the matrix between nodes that is held at a time


@dataclass(frozen=True)
class LiteGNTK:
    """As released: the layer's covariance is left normalised.

    Attributes:
        hops: aggregations, one before the layer and the others after it.
        own: what a node counts for itself beside its neighbours, each of which counts its edge's weight.
        offset: added to every product of two nodes' features.
    """

    hops: int = 3
    own: float = 1e-4
    offset: float = 1e-4

    def __call__(self, a: Inputs, b: Inputs) -> Float[Tensor, "na nb"]:
        """Kernel matrix between graphs, differentiable in features and weights. Raises `RequestError` for others."""
        rows, columns = (Graphs.expected(tree, "kernel 'lite-gntk'") for tree in (a, b))
        values, shares = self._nodes(columns)
        return torch.cat([self._block(part, columns, values, shares) for part in _parts(rows, len(columns.features))])

    def _block(
        self, rows: Graphs, columns: Graphs, values: Float[Tensor, "nb d"], shares: Float[Tensor, " nb"]
    ) -> Float[Tensor, "rows columns"]:
        own, weight = self._nodes(rows)
        sigma = own @ values.T
        norm = torch.outer(deviation(own.square().sum(1)), deviation(values.square().sum(1)))
        kappa_1, kappa_0 = arc_cosine((sigma / (norm + _NORM)).clamp(-_CLIP, _CLIP))
        theta = sigma * kappa_0 + kappa_1
        return rows.pooled(weight[:, None] * columns.pooled(shares[:, None] * theta.T).T)

    def _nodes(self, graphs: Graphs) -> tuple[Float[Tensor, "nodes d"], Float[Tensor, " nodes"]]:
        """Aggregated features with the offset's column, and what each node weighs in its graph's mean at the end."""
        constant = graphs.features.new_full((len(graphs.features), 1), self.offset**0.5)
        values = self._aggregated(graphs, torch.cat([graphs.features, constant], 1))
        backwards = replace(graphs, edges=graphs.edges.flip(0))
        shares = (1 / graphs.sizes.to(values))[graphs.owner][:, None]
        for _ in range(self.hops - 1):
            shares = self._aggregated(backwards, shares)
        return values, shares[:, 0]

    def _aggregated(self, graphs: Graphs, values: Float[Tensor, "nodes width"]) -> Float[Tensor, "nodes width"]:
        return graphs.spread(values) + self.own * values


def _parts(graphs: Graphs, nodes: int) -> Iterator[Graphs]:
    """Consecutive graphs whose nodes make no more than so many entries with others, or a single graph."""
    most = max(1, _ENTRIES // nodes)
    if len(graphs.features) <= most:
        yield graphs
        return
    part = (graphs.sizes.cumsum(0) - 1) // most
    for number in part.unique().tolist():
        yield graphs.take((part == number).nonzero().flatten())


KERNEL = LiteGNTK()
