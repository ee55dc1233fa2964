"""Labelled graphs before they become a task, checked with errors that name the fault, and tidied with what was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.errors import DataError
from condenset.core.graphs import Graphs
from condenset.core.untrusted_file import limits

_DEGREES = 32  # tags of nodes by their degree where there are none of their own, the last for all above


@dataclass(frozen=True)
class RawGraphs:
    """Graphs as their source says them.

    Attributes:
        name: of the task.
        sizes: (graphs,) nodes of each.
        edges: (2, edges) node numbers, counted over all graphs, in any direction, perhaps more than once.
        labels: (graphs,) classes as they are written.
        tags: (nodes,) whole numbers that are codes; None: there are none.
        attributes: (nodes, d) numbers; None: there are none.
        files: bytes of the files; None: in no file.
    """

    name: str
    sizes: Int[np.ndarray, " graphs"]
    edges: Int[np.ndarray, "2 edges"]
    labels: pd.Series
    tags: Int[np.ndarray, " nodes"] | None = None
    attributes: Float[np.ndarray, "nodes d"] | None = None
    files: int | None = None


@dataclass(frozen=True)
class TidyGraphs:
    """Undirected graphs without self-loops, as networks see them.

    Attributes:
        name, labels, files: as of `RawGraphs`.
        graphs: all of them.
        nodes: what features say: "tags" (one-hot), "degrees" (one-hot) or "numbers".
        codes: of the tags, in the order of the features; empty for others.
        dropped: what was left out -> why.
        kept: what is peculiar and was kept, in words.
    """

    name: str
    graphs: Graphs
    labels: pd.Series
    nodes: str
    codes: tuple[int, ...] = ()
    files: int | None = None
    dropped: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()


def tidied(raw: RawGraphs) -> TidyGraphs:
    """The graphs with every edge once in both directions. Raises `DataError` where they cannot be used."""
    _check(raw)
    owner = np.repeat(np.arange(len(raw.sizes)), raw.sizes)
    source, target = raw.edges
    _expect_within(raw, owner)
    loops = int((source == target).sum())
    apart = source != target
    directed = np.unique(raw.edges[:, apart], axis=1)
    both = np.unique(np.concatenate([directed, directed[::-1]], axis=1), axis=1)
    repeats, alone = int(apart.sum()) - directed.shape[1], both.shape[1] - directed.shape[1]
    degrees = np.bincount(both[0], minlength=len(owner))
    features, nodes, codes = _features(raw, degrees)
    edges = torch.from_numpy(np.ascontiguousarray(both))
    graphs = Graphs(features, edges, torch.ones(edges.shape[1]), torch.from_numpy(raw.sizes.astype(np.int64)))
    dropped = {"self-loops": str(loops)} if loops else {}
    dropped |= {"repeated edges": f"{repeats}, every edge counts once"} if repeats else {}
    kept = [f"{(degrees == 0).sum()} nodes without edges"] if (degrees == 0).any() else []
    kept += [f"{alone} edges of one direction, taken for both"] if alone else []
    return TidyGraphs(raw.name, graphs, raw.labels, nodes, codes, raw.files, dropped, tuple(kept))


def _check(raw: RawGraphs) -> None:
    """Raises `DataError` for empty graphs, missing labels, and features that say nothing."""
    if len(raw.sizes) == 0:
        raise DataError(f"{raw.name} holds no graphs")
    empty = np.flatnonzero(raw.sizes < 1)
    if len(empty):
        raise DataError(
            f"{len(empty)} graphs of {raw.name} have no nodes, the first is graph {empty[0] + 1}: remove them"
        )
    gaps = raw.labels.isna().to_numpy()
    if len(raw.labels) != len(raw.sizes) or gaps.any():
        first = f", the first is that of graph {int(gaps.argmax()) + 1}" if gaps.any() else ""
        there = len(raw.labels) - int(gaps.sum())
        raise DataError(f"{raw.name} has {len(raw.sizes)} graphs and {there} labels{first}: give every graph one")
    if raw.labels.dtype.kind == "f" and bool((raw.labels % 1 != 0).any()):
        raise DataError(
            f"graphs are sorted into classes, and labels of {raw.name} are numbers with a fraction, such as "
            f"{raw.labels[raw.labels % 1 != 0].iloc[0]:g}: sort them into classes first"
        )
    if raw.attributes is None:
        return
    wrong = ~np.isfinite(raw.attributes).all(1)
    if wrong.any():
        raise DataError(
            f"features of {raw.name} are not finite in {int(wrong.sum())} nodes, the first is node "
            f"{int(wrong.argmax()) + 1}: fill them, or remove its graph"
        )
    if not raw.attributes.any():
        raise DataError(
            f"features of {raw.name} are 0 in all {len(raw.attributes)} nodes: leave them out, and nodes are told "
            "apart by their degree"
        )


def _expect_within(raw: RawGraphs, owner: Int[np.ndarray, " nodes"]) -> None:
    """Raises `DataError` for an edge to a node that is not there, or in another graph."""
    outside = ((raw.edges < 0) | (raw.edges >= len(owner))).any(0)
    if outside.any():
        first = raw.edges[:, int(outside.argmax())]
        raise DataError(
            f"an edge of {raw.name} joins nodes {first[0] + 1} and {first[1] + 1}, and there are {len(owner)} nodes: "
            "correct the list of edges, or that of the nodes"
        )
    source, target = owner[raw.edges]
    if (source != target).any():
        place = int((source != target).argmax())
        raise DataError(
            f"an edge of {raw.name} joins graphs {source[place] + 1} and {target[place] + 1}, and an edge is within a "
            "graph: correct which graph its nodes are of"
        )


def _features(raw: RawGraphs, degrees: Int[np.ndarray, " nodes"]) -> tuple[Tensor, str, tuple[int, ...]]:
    """Features (nodes, d) float32, what they say, and the codes of tags."""
    tags = _one_hot_tags(raw.attributes) if raw.tags is None and raw.attributes is not None else raw.tags
    numbers = None if tags is not None and raw.tags is None else raw.attributes
    if tags is None and numbers is None:
        capped = torch.from_numpy(np.minimum(degrees, _DEGREES - 1))
        return F.one_hot(capped, int(capped.max()) + 1).float(), "degrees", ()
    codes, places = np.unique(tags, return_inverse=True) if tags is not None else (np.empty(0, np.int64), None)
    limits().check("bytes", 4 * len(codes) * len(degrees), f"a number for each of {len(codes)} tags at every node")
    parts = [] if places is None else [F.one_hot(torch.from_numpy(places), len(codes)).float()]
    parts += [] if numbers is None else [torch.from_numpy(numbers.astype(np.float32))]
    return torch.cat(parts, 1), "tags" if numbers is None else "numbers", tuple(codes.tolist())


def _one_hot_tags(attributes: Float[np.ndarray, "nodes d"]) -> Any:
    """The places of the ones of one-hot rows; None where rows are anything else."""
    one_hot = attributes.shape[1] > 1 and np.isin(attributes, (0, 1)).all() and (attributes.sum(1) == 1).all()
    return attributes.argmax(1) if one_hot else None
