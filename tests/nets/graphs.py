"""A graph for tests of networks, in the forms that condenset and PyG read."""

from __future__ import annotations

import scipy.sparse as sp
import torch
from torch import Tensor

from condenset.core.nodes import Nodes
from condenset.core.propagation import normalise_adjacency
from condenset.core.rng import Rng


def ring(nodes: int = 9, features: int = 5, sparse: bool = True) -> tuple[Nodes, Tensor]:
    """A ring with some chords and a node without edges, in float64, and its edges (2, edges) in both directions."""
    generator = Rng(0).child("ring").torch()
    adjacency = torch.zeros(nodes, nodes, dtype=torch.float64)
    for node in range(nodes - 1):
        for step in (1, 3) if node % 2 else (1,):
            other = (node + step) % (nodes - 1)
            adjacency[node, other] = adjacency[other, node] = 1
    values = torch.randn(nodes, features, dtype=torch.float64, generator=generator)
    propagation = normalise_adjacency(sp.csr_array(adjacency.numpy()) if sparse else adjacency)
    return Nodes(values, propagation), adjacency.nonzero().T


def without_edges(graph: Nodes) -> Nodes:
    """The same nodes, alone."""
    return Nodes(graph.features, torch.eye(len(graph), dtype=torch.float64))
