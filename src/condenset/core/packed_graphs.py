"""Graphs in few bytes: every edge once, by the numbers of its nodes within their graph, in the smallest types."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from jaxtyping import Int, Num
from torch import Tensor

from condenset.core.errors import RequestError
from condenset.core.graphs import Graphs
from condenset.core.indices import NARROW, index_dtype


def packed(graphs: Graphs, tagged: bool) -> dict[str, Tensor]:
    """Graphs of undirected edges of weight 1, without self-loops, as the tensors that say them.

    Args: tagged, whether features are one-hot, so that the place of the 1 says them.
    Returns: "nodes" and "links", (graphs,), how many nodes and edges each has; "edges" (2, links), the smaller number
        first; "tags" (nodes,), or "features" (nodes, d) float32.
    Raises `RequestError` for other edges.
    """
    if bool((graphs.weights != 1).any()):
        raise RequestError(
            "edges of other weights than 1 are no edges of a graph that is stored as it is: take the codec "
            "bernoulli-graphs, or --set finish=likeliest-graphs"
        )
    source, target = graphs.edges
    owner, starts = graphs.owner, graphs.sizes.cumsum(0) - graphs.sizes
    once = (source < target).nonzero().flatten()
    if 2 * len(once) != len(source):
        raise RequestError(f"{len(once)} of {len(source)} edges lead to a later node: expected both directions of each")
    once = once[(source[once] * len(graphs.features) + target[once]).argsort()]
    of_graph = owner[source[once]]
    links = torch.bincount(of_graph, minlength=len(graphs))
    stored = {
        "nodes": smallest(graphs.sizes),
        "links": smallest(links),
        "edges": smallest(graphs.edges[:, once] - starts[of_graph]),
    }
    if tagged:
        return stored | {"tags": smallest(graphs.features.argmax(1))}
    return stored | {"features": graphs.features.detach().clone().float()}


def unpacked(stored: Mapping[str, Tensor], width: int) -> Graphs:
    """The graphs of `packed`. Args: width, of the features.

    Raises `RequestError` where the tensors do not fit each other.
    """
    nodes, links, edges = (stored[name].long() for name in ("nodes", "links", "edges"))
    _expect_fit(nodes, links, edges, len(stored["tags" if "tags" in stored else "features"]))
    starts = (nodes.cumsum(0) - nodes).repeat_interleave(links)
    there = edges + starts
    if "tags" in stored:
        tags = stored["tags"].long()
        if int(tags.min()) < 0 or int(tags.max()) >= width:
            raise RequestError(f"tags go from {int(tags.min())} to {int(tags.max())}: expected 0 to {width - 1}")
        features = F.one_hot(tags, width).float()
    else:
        features = stored["features"]
    both = torch.cat([there, there.flip(0)], 1)
    return Graphs(features, both, torch.ones(both.shape[1], device=both.device), nodes)


def mean_bytes(graphs: Graphs, tagged: bool) -> int:
    """Bytes of a graph that is packed alone, on average, rounded up: beside a large one all would cost more."""
    links = torch.bincount(graphs.owner[graphs.edges[0]], minlength=len(graphs)) // 2
    width = graphs.features.shape[1]
    of_node = _width(torch.tensor(width - 1)) if tagged else 4 * width
    each = _width(graphs.sizes) + _width(links) + 2 * links * _width(graphs.sizes - 1) + graphs.sizes * of_node
    return -(-int(each.sum()) // len(graphs))


def smallest(values: Int[Tensor, "*shape"]) -> Num[Tensor, "*shape"]:
    """The same whole numbers of 0 or more in the smallest type that holds them."""
    return values.to(index_dtype(1 + (int(values.max()) if values.numel() else 0)))


def _width(values: Int[Tensor, "*shape"]) -> Int[Tensor, "*shape"]:
    """Bytes of the smallest type that holds each number, 4 at most."""
    bounds = torch.tensor([torch.iinfo(kind).max for kind in NARROW[:-1]])
    return 2 ** torch.bucketize(values.cpu(), bounds)


def _expect_fit(nodes: Tensor, links: Tensor, edges: Tensor, rows: int) -> None:
    if len(nodes) != len(links) or int(nodes.min()) < 1 or int(links.min()) < 0:
        raise RequestError(f"{len(nodes)} numbers of nodes, {len(links)} of edges: expected one of each for a graph")
    if int(nodes.sum()) != rows or int(links.sum()) != edges.shape[1]:
        raise RequestError(
            f"graphs have {int(nodes.sum())} nodes and {int(links.sum())} edges by their counts, and {rows} nodes and "
            f"{edges.shape[1]} edges are stored"
        )
    first, second = edges
    if bool(((first < 0) | (first >= second) | (second >= nodes.repeat_interleave(links))).any()):
        raise RequestError("an edge leads to a node that its graph does not have, or is no edge of two")
