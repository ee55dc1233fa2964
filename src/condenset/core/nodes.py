"""A graph as the inputs of one batch: its nodes are the examples, whatever graph they sit in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.utils import _pytree

from condenset.core.errors import RequestError
from condenset.core.propagation import dense_block, edges_of, normalise_adjacency, recover_adjacency
from condenset.core.structure import Container

_SPARSE, _DEGREES = -1, -2  # keys among the cached hops: the sparse copy, the degrees
_SPARSE_FROM = 2**20  # entries below which a dense product costs nothing
_SPARSE_BELOW = 0.1  # share of entries that are not zero


@dataclass(frozen=True)
class Nodes(Container):
    """Node features and the matrix that propagates them.

    Attributes:
        features: (nodes, features) float.
        propagation: (nodes, nodes) float, dense or sparse CSR: the symmetrically normalised adjacency with
            self-loops, D^-1/2 (A + I) D^-1/2. The identity stands for a set without structure.
    """

    features: Float[Tensor, "nodes features"]
    propagation: Tensor
    meaning: ClassVar[str] = "nodes"
    joint: ClassVar[bool] = True
    _hops: dict[int, Tensor] = field(default_factory=dict, compare=False, repr=False)
    _doubled: list[Nodes] = field(default_factory=list, compare=False, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled without what can be computed again."""
        return Nodes, (self.features, self.propagation)

    def __len__(self) -> int:
        return self.features.shape[0]

    def take(self, index: Int[Tensor, " chosen"]) -> Nodes:
        """The graph that distinct chosen nodes induce: their features, and their adjacency normalised again, dense."""
        block = dense_block(self.propagation, index)
        return Nodes(self.features[index], normalise_adjacency(recover_adjacency(block)))

    def joined(self, others: Sequence[Nodes]) -> Nodes:
        """Raises `RequestError`: two graphs of nodes do not make one."""
        raise RequestError(f"{1 + len(others)} graphs do not become one: their nodes have no edges between them")

    @property
    def numbers(self) -> Float[Tensor, "nodes features"]:
        """The features (nodes, features); the edges belong to no node."""
        return self.features

    @classmethod
    def of_vectors(cls, vectors: Float[Tensor, "n d"], shape: tuple[int, ...]) -> Nodes:
        """Nodes without structure."""
        return features_only(vectors.view(-1, *shape))

    def vectors(self) -> Float[Tensor, "n d"]:
        """Raises `RequestError`: a node is what its graph makes of it."""
        raise RequestError(f"a graph of {len(self)} nodes is no stack of vectors: a node is what its graph makes of it")

    def spread(self, values: Float[Tensor, "nodes width"]) -> Float[Tensor, "nodes width"]:
        """One step of propagation of any (nodes, width) values."""
        return self.propagation @ values

    def double(self) -> Nodes:
        """The same graph in float64, one object for all callers when nothing here needs a gradient."""
        if self.features.requires_grad or self.propagation.requires_grad:
            return Nodes(self.features.double(), self.propagation.double())
        if not self._doubled:
            with torch.inference_mode(False):
                self._doubled.append(Nodes(self.features.double(), self.propagation.double()))
        return self._doubled[0]

    def averaged(self, values: Float[Tensor, "nodes width"]) -> Float[Tensor, "nodes width"]:
        """Means of (nodes, width) values over every node and its neighbours by the weights of edges: D^-1 (A + I)."""
        root = self.degrees().sqrt()[:, None]
        return self.spread(values * root) / root

    def degrees(self) -> Float[Tensor, " nodes"]:
        """Row sums of A + I, (nodes,): the inverse of the propagation's diagonal; kept when it needs no gradient.

        Raises `RequestError` where that is not above 0.
        """
        if self.propagation.requires_grad:
            return self._degrees()
        return self._kept(_DEGREES, self._degrees)

    def edges(self) -> tuple[Int[Tensor, "2 edges"], Float[Tensor, " edges"]]:
        """Entries of A + I that are not zero, their (row, column) (2, edges) and their weights (edges,)."""
        index, entries = edges_of(self.propagation)
        roots = self.degrees().sqrt()
        return index, entries * roots[index[0]] * roots[index[1]]

    def project(
        self, values: Float[Tensor, "nodes inputs"], weight: Float[Tensor, "inputs width"]
    ) -> Float[Tensor, "nodes width"]:
        """Values times a weight matrix; the features by a sparse copy where they are constant and mostly zero."""
        if values is not self.features or values.requires_grad or values.numel() < _SPARSE_FROM:
            return values @ weight
        return self._kept(_SPARSE, self._sparse) @ weight

    def hop(self, steps: int) -> Float[Tensor, "nodes features"]:
        """The features propagated `steps` times, (nodes, features); kept when nothing here needs a gradient."""
        if steps == 0:
            return self.features
        if self.features.requires_grad or self.propagation.requires_grad:
            return self.spread(self.hop(steps - 1))
        return self._kept(steps, lambda: self.spread(self.hop(steps - 1)))

    def _degrees(self) -> Float[Tensor, " nodes"]:
        (row, column), entries = edges_of(self.propagation)
        loops = row == column
        diagonal = torch.zeros_like(self.features[:, 0]).index_add(0, row[loops], entries[loops])
        if bool((diagonal <= 0).any()):
            raise RequestError(
                f"propagation has a diagonal entry of {diagonal.min().item():.3g}: it comes of no adjacency, and "
                "neither degrees nor edges can be read of it; choose a network that only propagates, such as gcn or sgc"
            )
        return diagonal.reciprocal()

    def _sparse(self) -> Tensor:
        sparse = self.features.count_nonzero() < _SPARSE_BELOW * self.features.numel()
        return self.features.to_sparse_csr() if sparse else self.features

    def _kept(self, key: int, compute: Callable[[], Tensor]) -> Tensor:
        if key not in self._hops:
            with torch.inference_mode(False):  # a graph that is scored first may be trained on later
                self._hops[key] = compute()
        return self._hops[key]


def _flatten(graph: Nodes) -> tuple[list[Tensor], None]:
    tensors: list[Tensor] = [graph.features, graph.propagation]
    return tensors, None


def _unflatten(values: Iterable[Tensor], _: None) -> Nodes:
    features, propagation = values
    return Nodes(features, propagation)


_pytree.register_pytree_node(Nodes, _flatten, _unflatten, serialized_type_name="condenset.core.nodes.Nodes")


def features_only(features: Float[Tensor, "nodes features"]) -> Nodes:
    """A graph without structure: its propagation is the identity."""
    return Nodes(features, torch.eye(len(features), dtype=features.dtype, device=features.device))
