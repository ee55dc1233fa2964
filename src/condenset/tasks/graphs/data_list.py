"""Graphs in a running program: a list of PyG `Data`, or a dataset of PyG, told by their class: nothing is imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from torch import Tensor

from condenset.core.errors import DataError
from condenset.tasks.graphs.raw import RawGraphs
from condenset.tasks.objects import is_of


def takes_graphs(thing: Any) -> bool:
    """Whether an object is a list or tuple of PyG `Data`, or a dataset of PyG that holds several."""
    if is_of(thing, "torch_geometric", "Dataset"):
        return len(thing) > 1
    return (
        isinstance(thing, list | tuple)
        and len(thing) > 1
        and all(is_of(each, "torch_geometric", "Data") for each in thing)
    )


def graphs_of(thing: Sequence[Any], name: str) -> RawGraphs:
    """The graphs of a list. Raises `DataError` for what a graph lacks."""
    found = [thing[number] for number in range(len(thing))]
    sizes = np.array([_nodes(data, number) for number, data in enumerate(found)], dtype=np.int64)
    edges = [_edges(data, number, int(size)) for number, (data, size) in enumerate(zip(found, sizes, strict=True))]
    starts = sizes.cumsum() - sizes
    joint = np.concatenate([own + start for own, start in zip(edges, starts, strict=True)], axis=1)
    labels = pd.Series([_label(data, number) for number, data in enumerate(found)], name="label")
    return RawGraphs(name, sizes, joint, labels, attributes=_attributes(found))


def _nodes(data: Any, number: int) -> int:
    features, said = _array(data, "x"), data.num_nodes
    if features is not None and said is not None and len(features) != said:
        raise DataError(f"graph {number + 1} says {said} nodes and its x has {len(features)} rows: correct one of them")
    if said is None:
        raise DataError(f"graph {number + 1} has neither x nor num_nodes: say how many nodes it has")
    return int(said)


def _edges(data: Any, number: int, size: int) -> np.ndarray:
    edges = _array(data, "edge_index")
    if edges is None or edges.ndim != 2 or len(edges) != 2 or edges.dtype.kind not in "iu":
        raise DataError(f"edge_index of graph {number + 1} is no (2, edges) of node numbers: give it one")
    if edges.size and not 0 <= edges.min() <= edges.max() < size:
        raise DataError(
            f"edge_index of graph {number + 1} goes from {edges.min()} to {edges.max()}, and it has nodes 0 to "
            f"{size - 1}: correct it"
        )
    return edges.astype(np.int64)


def _label(data: Any, number: int) -> Any:
    label = _array(data, "y")
    if label is None:
        return None
    if label.size != 1:
        raise DataError(f"y of graph {number + 1} is {label.shape}: expected one class for the graph")
    return label.reshape(-1)[0].item()


def _attributes(found: Sequence[Any]) -> np.ndarray | None:
    rows = [_array(data, "x") for data in found]
    there = [row.reshape(len(row), -1) for row in rows if row is not None]
    widths = sorted({row.shape[1] for row in there})
    if not there:
        return None
    if len(there) < len(rows) or len(widths) > 1:
        raise DataError(
            f"{len(there)} of {len(rows)} graphs have x, of {widths[0]} to {widths[-1]} columns: expected all to have "
            "it, of one width"
        )
    return np.concatenate(there).astype(np.float64)


def _array(data: Any, name: str) -> np.ndarray | None:
    value = getattr(data, name, None)
    return value.detach().cpu().numpy() if isinstance(value, Tensor) else None
