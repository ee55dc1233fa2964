"""Many graphs as the inputs of one batch, in one disjoint union: the graphs are the examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.errors import RequestError
from condenset.core.structure import Container, pytree_node


@pytree_node("features", "edges", "weights", "sizes")
@dataclass(frozen=True)
class Graphs(Container):
    """Nodes of all graphs one after another, with the edges between them.

    Attributes:
        features: (nodes, features) float.
        edges: (2, edges) int64, node numbers; no edge leads from one graph to another.
        weights: (edges,) float.
        sizes: (graphs,) int64, nodes of each.
    """

    features: Float[Tensor, "nodes features"]
    edges: Int[Tensor, "2 edges"]
    weights: Float[Tensor, " edges"]
    sizes: Int[Tensor, " graphs"]
    meaning: ClassVar[str] = "graphs"
    differentiable: ClassVar[bool] = False

    def __len__(self) -> int:
        return len(self.sizes)

    @property
    def owner(self) -> Int[Tensor, " nodes"]:
        """The graph of every node, of the shape (nodes,)."""
        return torch.arange(len(self), device=self.sizes.device).repeat_interleave(self.sizes)

    @property
    def numbers(self) -> Float[Tensor, "nodes features"]:
        """The features (nodes, features) of all graphs' nodes, in whose number graphs differ."""
        return self.features

    def take(self, index: Int[Tensor, " chosen"]) -> Graphs:
        """Whole graphs, in the order of the index, perhaps more than once."""
        index = index.to(self.sizes.device)
        starts, owner = self.sizes.cumsum(0) - self.sizes, self.owner
        sizes = self.sizes[index]
        first = (sizes.cumsum(0) - sizes).repeat_interleave(sizes)
        within = torch.arange(int(sizes.sum()), device=sizes.device) - first
        nodes = starts[index].repeat_interleave(sizes) + within
        edges_of = torch.bincount(owner[self.edges[0]], minlength=len(self))
        kept = edges_of[index]
        order = owner[self.edges[0]].argsort(stable=True)
        begins = edges_of.cumsum(0) - edges_of
        begin = (kept.cumsum(0) - kept).repeat_interleave(kept)
        places = begins[index].repeat_interleave(kept) + torch.arange(int(kept.sum()), device=kept.device) - begin
        chosen = order[places]
        moved = (sizes.cumsum(0) - sizes - starts[index]).repeat_interleave(kept)
        return Graphs(self.features[nodes], self.edges[:, chosen] + moved, self.weights[chosen], sizes)

    def joined(self, others: Sequence[Graphs]) -> Graphs:
        """These graphs and the others', one after another."""
        parts, before = [self, *others], 0
        edges = []
        for part in parts:
            edges.append(part.edges + before)
            before += len(part.features)
        return Graphs(
            torch.cat([part.features for part in parts]),
            torch.cat(edges, 1),
            torch.cat([part.weights for part in parts]),
            torch.cat([part.sizes for part in parts]),
        )

    def spread(self, values: Float[Tensor, "nodes width"]) -> Float[Tensor, "nodes width"]:
        """Every node's sum over its neighbours' values (nodes, width), weighted, each edge in its own direction."""
        source, target = self.edges
        return torch.zeros_like(values).index_add(0, target, values[source] * self.weights[:, None].to(values))

    def pooled(self, values: Float[Tensor, "nodes width"]) -> Float[Tensor, "graphs width"]:
        """Every graph's sum over its nodes' values."""
        return values.new_zeros(len(self), values.shape[1]).index_add(0, self.owner, values)

    def averaged(self, values: Float[Tensor, "nodes width"]) -> Float[Tensor, "graphs width"]:
        """Every graph's mean over its nodes' values."""
        return self.pooled(values) / self.sizes[:, None]

    def normalised(self) -> Graphs:
        """The same nodes with D^-1/2 (A + I) D^-1/2 for weights A, D the sums of what arrives at a node of A + I.

        Kipf & Welling 2017, arXiv 1609.02907. Differentiable in the weights, which are of 0 or more.
        """
        nodes = torch.arange(len(self.features), device=self.edges.device)
        edges = torch.cat([self.edges, nodes.expand(2, -1)], 1)
        weights = torch.cat([self.weights, self.weights.new_ones(len(nodes))])
        scale = weights.new_zeros(len(nodes)).index_add(0, edges[1], weights).rsqrt()
        return replace(self, edges=edges, weights=weights * scale[edges[0]] * scale[edges[1]])

    @classmethod
    def of_vectors(cls, vectors: Float[Tensor, "n d"], shape: tuple[int, ...]) -> Graphs:
        """Raises `RequestError`: a row of numbers says no edges."""
        raise RequestError(
            f"{len(vectors)} rows of numbers are no graphs: begin with real ones, as the start random does"
        )
