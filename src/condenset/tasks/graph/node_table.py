"""A graph as two tables in a folder: `nodes.csv`, a row per node, and `edges.csv`, a row per edge."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from condenset.core.errors import DataError
from condenset.core.untrusted_file import is_regular, read_regular
from condenset.tasks.graph.nodes import (
    PARTS,
    UNLABELLED,
    NodeData,
    adjacency_from_edges,
    checked_features,
    left_out_edges,
    node_data,
)
from condenset.tasks.reading.csv_file import check_numbers, read_csv

if TYPE_CHECKING:
    import pandas as pd

NODES, EDGES = "nodes.csv", "edges.csv"
_LABELS = ("label", "class", "y", "target")
_ENDS = ("source", "target")
_SAID = {"val": "validation", "valid": "validation"}  # parts by other names


def has_tables(folder: Path) -> bool:
    """Whether a folder holds both tables."""
    return all(is_regular(folder / name) for name in (NODES, EDGES))


def read_tables(folder: Path) -> NodeData:
    """Node data of `nodes.csv` and `edges.csv`.

    Of the nodes, column `id` names them (their row number, from 0, where there is none), `label` (or class, y, target)
    is the class, empty where unknown, `split` says train, validation or test, or nothing, and all others are features,
    numbers. Edges go from column `source` to column `target` and count in both directions.

    Raises `DataError` naming table, column and value for what does not fit.
    """
    nodes, edges = _table(folder / NODES), _table(folder / EDGES)
    label = next((name for name in _LABELS if name in nodes.columns), None)
    if label is None:
        raise DataError(f"{NODES} has columns {_some(nodes.columns)} and none is a class: name one 'label'")
    features = nodes.drop(columns=[name for name in ("id", label, "split") if name in nodes.columns])
    labels, classes = _labels(nodes[label])
    ends = _ends(nodes, edges)
    values = checked_features(_numbers(features))
    adjacency = adjacency_from_edges(ends, len(nodes))
    return node_data(values, adjacency, labels, _split(nodes), classes, left_out_edges(ends))


def _table(path: Path) -> pd.DataFrame:
    try:
        return read_csv(read_regular(path), path.name, dtype=str, keep_default_na=False)  # a node may be called NA
    except (ValueError, OSError, csv.Error) as error:
        raise DataError(f"{path.name} cannot be read as CSV in UTF-8: {error}") from error


def _numbers(features: pd.DataFrame) -> Tensor:
    import pandas as pd

    check_numbers(features, NODES)
    for column in features:
        read = pd.to_numeric(features[column], errors="coerce")
        if read.isna().any():
            row = int(read.isna().to_numpy().argmax())
            raise DataError(
                f"column {column!r} of {NODES} is {features[column].iloc[row]!r} in row {row + 1}: features are "
                "numbers; fill what is missing, and write a category as columns of 0 and 1"
            )
    return torch.from_numpy(np.ascontiguousarray(features.astype(float).to_numpy()))


def _labels(column: pd.Series) -> tuple[Tensor, tuple[str, ...]]:
    known = column[column != ""].unique()
    whole = all(name.isdecimal() for name in known)
    classes = tuple(sorted(known, key=int if whole else str))
    numbers = {name: number for number, name in enumerate(classes)}
    return torch.tensor([numbers.get(name, UNLABELLED) for name in column]), classes


def _split(nodes: pd.DataFrame) -> dict[str, Tensor]:
    if "split" not in nodes.columns:
        return {}
    said = nodes["split"].replace(_SAID)
    if odd := sorted(set(said) - {*PARTS, ""}):
        raise DataError(f"column 'split' of {NODES} says {odd[0]!r}: expected {', '.join(PARTS)} or nothing")
    return {part: torch.tensor((said == part).tolist()) for part in PARTS if (said == part).any()}


def _ends(nodes: pd.DataFrame, edges: pd.DataFrame) -> Tensor:
    """Node numbers (2, edges)."""
    import pandas as pd

    if missing := [name for name in _ENDS if name not in edges.columns]:
        raise DataError(f"{EDGES} has columns {_some(edges.columns)}: {' and '.join(missing)} missing")
    names = pd.Index(nodes["id"] if "id" in nodes.columns else [str(row) for row in range(len(nodes))])
    if names.has_duplicates:
        raise DataError(f"column 'id' of {NODES} has {names[names.duplicated()][0]!r} twice: a row is a node")
    found = [names.get_indexer(edges[name]) for name in _ENDS]
    for name, numbers in zip(_ENDS, found, strict=True):
        if (numbers < 0).any():
            row = int((numbers < 0).argmax())
            raise DataError(
                f"row {row + 1} of {EDGES} has {name} {edges[name].iloc[row]!r}, which is no node of {NODES} "
                f"({int((numbers < 0).sum())} such rows): add the node or take out the edge"
            )
    return torch.from_numpy(np.stack(found)).long()


def _some(names: pd.Index) -> str:
    return ", ".join(map(repr, names[:8])) + (", ..." if len(names) > 8 else "")
