"""Structure-based neural tangent kernel between nodes (GC-SNTK, Wang et al., WWW 2024, arXiv 2310.11046).

Each hop aggregates the covariance over both nodes' neighbourhoods, M_a S M_b^T with one product per side (never a
Kronecker product), and applies the arc-cosine layers. The variances within a graph, which the layers divide by,
are found from blocks of rows and kept for as long as a constant graph lives.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.utils.weak import WeakIdKeyDictionary

from condenset.core.batch import Inputs
from condenset.core.nodes import Nodes
from condenset.kernels.arccosine import arc_cosine, cosine_of, deviation

_CLIP = 0.9999  # the paper's kernel clips cosines here, so a node's own variance shrinks by _SHRINK in every layer
_SHRINK = float(arc_cosine(torch.tensor(_CLIP, dtype=torch.float64))[0])
_BLOCK_ENTRIES = 2**26  # of the rows x nodes matrix from which variances are read
# Constant graphs as each kernel needs them; an entry goes with its graph.
_PREPARED: MutableMapping[Nodes, dict[SNTK, PreparedNodes]] = WeakIdKeyDictionary()


@dataclass(frozen=True)
class PreparedNodes:
    """What the kernel needs of one graph.

    Attributes:
        matrix: (nodes, nodes) aggregation matrix, dense or sparse COO, constant.
        features: (nodes, width) features, aggregated once.
        deviations: one per hop, (nodes,): square roots of the variances after that hop's aggregation.
    """

    matrix: Tensor
    features: Float[Tensor, "nodes width"]
    deviations: tuple[Float[Tensor, " nodes"], ...]


@dataclass(frozen=True)
class SNTK:
    """`hops` times: aggregate over neighbourhoods, then apply `layers` arc-cosine layers.

    Attributes:
        hops: aggregations (K in the paper).
        layers: infinitely wide ReLU layers after each aggregation (L in the paper).
        scale: "average" divides an aggregate by the number of summed terms, "add" does not.
        kappa0_at: where the derivative factor is taken: "before" the layer (the paper's formula), or at the
            "updated" cosine, as the released code does, which overwrites the cosine first.
    """

    hops: int = 2
    layers: int = 2
    scale: Literal["average", "add"] = "average"
    kappa0_at: Literal["before", "updated"] = "before"

    def __call__(self, a: Inputs, b: Inputs) -> Float[Tensor, "na nb"]:
        """Kernel matrix between the nodes of two graphs; neighbours are the nonzeros of their propagation.

        Differentiable in the features; the pattern is a constant. Raises `RequestError` for a tensor.
        """
        rows, columns = (self._nodes(Nodes.expected(tree, "kernel 'sntk'")) for tree in (a, b))
        sigma = theta = rows.features @ columns.features.T
        for hop in range(self.hops):
            if hop > 0:
                sigma, theta = (rows.matrix @ (columns.matrix @ value.T).T for value in (sigma, theta))
            norm = torch.outer(rows.deviations[hop], columns.deviations[hop])
            sigma, theta = self._layers(sigma, theta, norm)
        return theta

    def _layers(
        self, sigma: Float[Tensor, "na nb"], theta: Float[Tensor, "na nb"], norm: Float[Tensor, "na nb"]
    ) -> tuple[Float[Tensor, "na nb"], Float[Tensor, "na nb"]]:
        for _ in range(self.layers):
            kappa_1, kappa_0 = arc_cosine(cosine_of(sigma, norm).clamp(-_CLIP, _CLIP))
            if self.kappa0_at == "updated":
                kappa_0 = arc_cosine(kappa_1)[1]
            sigma = kappa_1 * norm
            theta = theta * kappa_0 + sigma
            norm = norm * _SHRINK
        return sigma, theta

    def _nodes(self, graph: Nodes) -> PreparedNodes:
        """The graph prepared for this kernel; kept when nothing in it needs a gradient."""
        if graph.features.requires_grad or graph.propagation.requires_grad:
            return self._prepare(graph)
        kept = _PREPARED.setdefault(graph, {})
        if self not in kept:
            kept[self] = self._prepare(graph)
        return kept[self]

    def _prepare(self, graph: Nodes) -> PreparedNodes:
        matrix = neighbour_matrix(graph, self.scale)
        features = matrix @ graph.features if self.hops > 0 else graph.features
        nodes = PreparedNodes(matrix, features, (deviation(features.square().sum(1)),))
        everyone = torch.arange(len(graph), device=features.device)
        for _ in range(1, self.hops):
            blocks = torch.split(everyone, max(1, _BLOCK_ENTRIES // len(graph)))
            variances = torch.cat([self._variances(nodes, block) for block in blocks])
            nodes = PreparedNodes(matrix, features, (*nodes.deviations, deviation(variances)))
        return nodes

    def _variances(self, nodes: PreparedNodes, chosen: Int[Tensor, " chosen"]) -> Float[Tensor, " chosen"]:
        """Variances of the chosen nodes after the aggregation that follows the last hop in `nodes.deviations`."""
        picked = nodes.matrix.index_select(0, chosen)
        return (self._half_aggregated(nodes, picked, len(nodes.deviations)) * picked.to_dense()).sum(1)

    def _half_aggregated(self, nodes: PreparedNodes, picked: Tensor, hops: int) -> Float[Tensor, "chosen nodes"]:
        """`picked`, rows of the aggregation matrix, times the covariance after so many hops and their layers."""
        neighbours = picked.to_dense().any(0).nonzero().flatten()
        if hops == 1:
            sigma = nodes.features[neighbours] @ nodes.features.T
        else:
            rows = self._half_aggregated(nodes, nodes.matrix.index_select(0, neighbours), hops - 1)
            sigma = (nodes.matrix @ rows.T).T
        spread = nodes.deviations[hops - 1]
        covariance, _ = self._layers(sigma, sigma, torch.outer(spread[neighbours], spread))
        return picked.index_select(1, neighbours) @ covariance


def neighbour_matrix(graph: Nodes, scale: Literal["average", "add"]) -> Tensor:
    """The 0/1 pattern (nodes, nodes) of the propagation ("add"), or its row means ("average"), in the features' dtype.

    Dense for a dense propagation, sparse COO for a sparse one; a node without neighbours keeps a zero row.
    """
    matrix = graph.propagation.detach()
    if matrix.layout == torch.strided:
        pattern = (matrix != 0).to(graph.features.dtype)
        return pattern / pattern.sum(1, keepdim=True).clamp(min=1) if scale == "average" else pattern
    entries = matrix.to_sparse(layout=torch.sparse_coo).coalesce()
    values = (entries.values() != 0).to(graph.features.dtype)
    if scale == "average":
        row = entries.indices()[0]
        terms = torch.zeros(len(graph), dtype=values.dtype, device=values.device).index_add(0, row, values)
        values = values / terms[row].clamp(min=1)
    return torch.sparse_coo_tensor(entries.indices(), values, matrix.shape, check_invariants=True, is_coalesced=True)


KERNEL = SNTK()
