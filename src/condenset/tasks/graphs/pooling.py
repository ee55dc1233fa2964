"""A vector for every graph: what its nodes are like and how they are joined, in which distances are measured."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Inputs
from condenset.core.graphs import Graphs

_HOPS = 2


def pooled_propagated(inputs: Inputs) -> Float[Tensor, "graphs d"]:
    """Vectors (graphs, 3 d + 2): means over nodes of features (nodes, d), and of these once and twice propagated, the
    logarithm of the number of nodes, and half the mean degree. Raises `RequestError` for other data."""
    graphs: Graphs = Graphs.expected(inputs, "the representation of graphs")
    propagation, values = graphs.normalised(), graphs.features
    parts = [graphs.averaged(values)]
    for _ in range(_HOPS):
        values = propagation.spread(values)
        parts.append(graphs.averaged(values))
    links = graphs.pooled(graphs.spread(torch.ones_like(values[:, :1]))) / 2
    sizes = graphs.sizes[:, None].to(values)
    return torch.cat([*parts, sizes.log(), links / sizes], 1)
