"""Graphs in a folder of the TU collection (Morris et al. 2020, arXiv 2007.08663): files NAME_A.txt and so on.

Nodes are counted from 1 over all graphs. `A` lists edges as `node, node`, `graph_indicator` the graph of every node,
`graph_labels` the class of every graph; `node_labels` (tags) and `node_attributes` are there or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Int

from condenset.core.errors import DataError
from condenset.core.untrusted_file import is_regular, read_regular
from condenset.tasks.footprint import bytes_on_disk
from condenset.tasks.graphs.raw import RawGraphs

_NEEDED = ("A", "graph_indicator", "graph_labels")
_PARTS = (*_NEEDED, "node_labels", "node_attributes")
_LARGEST = 2**31  # of a number that is no mistake


def tu_name(folder: Path) -> str | None:
    """What the files of a folder begin with; None where it is no folder of the collection."""
    names = sorted(path.name.removesuffix("_graph_indicator.txt") for path in folder.glob("*_graph_indicator.txt"))
    return next((name for name in names if is_regular(folder / f"{name}_A.txt")), None)


def read_tu_folder(folder: Path) -> RawGraphs:
    """The graphs of a folder. Raises `DataError` for files that are absent, broken or do not fit each other."""
    name = tu_name(folder)
    if name is None:
        raise DataError(
            f"{folder} holds no NAME_A.txt with a NAME_graph_indicator.txt: give a folder of the TU collection"
        )
    paths = {part: folder / f"{name}_{part}.txt" for part in _PARTS}
    for part in _NEEDED:
        if not is_regular(paths[part]):
            raise DataError(f"{paths[part].name} is missing in {folder}: the folder needs {', '.join(_NEEDED)}")
    tables = {part: _table(path) for part, path in paths.items() if is_regular(path)}
    labels = _column(tables["graph_labels"], paths["graph_labels"])
    owner = _owner(tables, paths, len(labels))
    tags = _column(tables["node_labels"], paths["node_labels"]) if "node_labels" in tables else None
    sizes, files = np.bincount(owner, minlength=len(labels)), bytes_on_disk(paths.values())
    series, numbers = pd.Series(labels, name="label"), tables.get("node_attributes")
    return RawGraphs(name.lower(), sizes, _edges(tables["A"], paths["A"]), series, tags, numbers, files)


def _owner(tables: Mapping[str, np.ndarray], paths: Mapping[str, Path], graphs: int) -> Int[np.ndarray, " nodes"]:
    """The graph of every node, from 0. Raises `DataError` where nodes and graphs are not as many as elsewhere."""
    indicator = paths["graph_indicator"]
    owner = _column(tables["graph_indicator"], indicator) - 1
    for part in ("node_labels", "node_attributes"):
        if part in tables and len(tables[part]) != len(owner):
            raise DataError(
                f"{paths[part].name} has {len(tables[part])} lines and {indicator.name} {len(owner)}: expected one of "
                "each for a node"
            )
    if len(owner) and (owner.min() < 0 or (np.diff(owner) < 0).any()):
        raise DataError(f"{indicator.name} does not count graphs on from 1: sort the nodes by their graph")
    if len(owner) and owner.max() >= graphs:
        raise DataError(
            f"{indicator.name} has a node of graph {owner.max() + 1}, and {paths['graph_labels'].name} has {graphs} "
            "lines: give every graph a label"
        )
    return owner


def _edges(table: np.ndarray, path: Path) -> Int[np.ndarray, "2 edges"]:
    """Pairs of nodes, from 0. Raises `DataError` for lines of more or less than two."""
    if table.shape[1] != 2 and len(table):
        raise DataError(f"{path.name} has {table.shape[1]} columns: expected two, the nodes that an edge joins")
    return np.nan_to_num(table.clip(-_LARGEST, _LARGEST)).astype(np.int64).reshape(-1, 2).T - 1


def _table(path: Path) -> np.ndarray:
    """The numbers of a file (lines, columns). Raises `DataError`."""
    rows = [line.split(",") for line in read_regular(path).decode("utf-8", "replace").splitlines() if line.strip()]
    if len({len(row) for row in rows}) > 1:
        raise DataError(
            f"lines of {path.name} have {min(map(len, rows))} to {max(map(len, rows))} numbers: expected as many"
        )
    try:
        return np.array(rows, dtype=np.float64).reshape(len(rows), -1)
    except ValueError as error:
        raise DataError(f"{path.name} holds what is no number ({error}): expected numbers between commas") from error


def _column(table: np.ndarray, path: Path) -> Any:
    """Whole numbers (lines,), of the first column. Raises `DataError`."""
    if len(table) and not ((table[:, 0] == np.floor(table[:, 0])) & (np.abs(table[:, 0]) < _LARGEST)).all():
        raise DataError(f"{path.name} holds numbers with a fraction, or of ten digits and more: expected whole ones")
    return table[:, 0].astype(np.int64) if len(table) else np.empty(0, np.int64)
