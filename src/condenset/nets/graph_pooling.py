"""How a network on graphs makes one vector of a graph's nodes, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torch import Tensor

from condenset.core.graphs import Graphs
from condenset.nets.layers import choose

Pooling = Callable[[Graphs, Tensor], Tensor]  # values (nodes, width) become (graphs, width)

_POOLINGS: Mapping[str, Pooling] = {"mean": Graphs.averaged, "sum": Graphs.pooled}


def graph_pooling(name: str) -> Pooling:
    """The "mean" or the "sum" over the nodes of every graph. Raises `UnknownNameError`."""
    return choose("pooling", name, _POOLINGS)
