"""Node data from files and objects: NPZ archives and PyG `Data`, read without executing anything in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from condenset.core.errors import DataError, MissingExtraError
from condenset.core.untrusted_file import expect_stored, is_regular, load_tensors, pickle_head
from condenset.tasks.graph.node_table import EDGES, NODES, has_tables, read_tables
from condenset.tasks.graph.nodes import (
    NodeData,
    adjacency_from_edges,
    adjacency_from_matrix,
    checked_features,
    left_out_edges,
    node_data,
)
from condenset.tasks.graph.planetoid import read_raw
from condenset.tasks.graph.planetoid_files import NAMES, locate
from condenset.tasks.missing import not_there
from condenset.tasks.objects import is_of
from condenset.tasks.reading.npz import array_names, read_arrays

_SAVED = (".pt", ".pth")
_SHORT = {"train": "train", "validation": "val", "test": "test"}


def recognise_graph(path: Path) -> bool:
    """Whether a path is an NPZ with features and edges, a saved PyG `Data`, or a folder of two tables or of Planetoid's
    files.

    Nothing in it is executed.
    """
    if path.is_dir():
        return has_tables(path) or locate(str(path)) is not None
    if path.suffix == ".npz":
        return (names := array_names(path)) >= {"x", "y"} and bool({"edge_index", "adj"} & names)
    return path.suffix in _SAVED and is_regular(path) and b"torch_geometric.data" in pickle_head(path)


def read_source(source: str | Path) -> tuple[NodeData, str, list[Path]]:
    """Node data of a known network, a folder of tables or of Planetoid's files, or a .npz or .pt file; what to call it;
    the files.

    Raises `RequestError` where there is none, `DataError` for bad content.
    """
    if network := locate(str(source)):
        return read_raw(network), network.name, network.there()
    path = Path(source)
    if not path.exists():
        raise not_there("graph", source, NAMES)
    if path.is_dir() and has_tables(path):
        return read_tables(path), path.name, [path / NODES, path / EDGES]
    return _read_file(path), path.name, [path]


def _read_file(path: Path) -> NodeData:
    if path.suffix == ".npz":
        return _from_arrays({name: _tensor(path, array) for name, array in read_arrays(path).items()})
    if path.suffix in _SAVED:
        return _read_saved_data(path)
    raise DataError(
        f"{path} is no graph file: expected .npz, a saved PyG Data object in .pt, or a folder of {NODES} and {EDGES}, "
        "or of Planetoid's files"
    )


def _read_saved_data(path: Path) -> NodeData:
    try:
        from torch_geometric.data import Data
        from torch_geometric.data.data import DataEdgeAttr, DataTensorAttr
        from torch_geometric.data.storage import GlobalStorage
    except ImportError as error:
        raise MissingExtraError("torch_geometric", "graph") from error
    data = load_tensors(path, [Data, DataEdgeAttr, DataTensorAttr, GlobalStorage])
    if not isinstance(data, Data):
        raise DataError(f"{path} holds a {type(data).__name__}: expected a PyG Data object")
    for name, value in data.to_dict().items():
        if isinstance(value, Tensor):
            expect_stored(value, f"{path}: {name}")
    return from_data(data)


def _tensor(path: Path, array: np.ndarray) -> Tensor:
    try:
        return torch.from_numpy(np.ascontiguousarray(array))
    except TypeError as error:
        raise DataError(f"{path} holds values of type {array.dtype}: expected plain numeric arrays") from error


def takes_data(thing: Any) -> bool:
    """Whether an object is a PyG `Data`, or a dataset of PyG that holds one."""
    return is_of(thing, "torch_geometric", "Data") or (is_of(thing, "torch_geometric", "Dataset") and len(thing) == 1)


def from_data(data: Any) -> NodeData:
    """Node data of a PyG `Data` (x, y, edge_index, the masks), or of the one in a dataset of PyG.

    Raises `DataError` for what it lacks.
    """
    if is_of(data, "torch_geometric", "Dataset"):
        data = data[0]
    names = ["x", "y", "edge_index", *(f"{short}_mask" for short in _SHORT.values())]
    attributes = {name: getattr(data, name, None) for name in names}
    return _from_arrays({name: value.detach().cpu() for name, value in attributes.items() if isinstance(value, Tensor)})


def _from_arrays(arrays: Mapping[str, Tensor]) -> NodeData:
    missing = {"x", "y"} - set(arrays)
    if missing or not {"edge_index", "adj"} & set(arrays):
        wanted = "x (nodes, features), y (nodes,) and edge_index (2, edges) or adj (nodes, nodes)"
        raise DataError(f"found arrays {sorted(arrays)}: expected {wanted}")
    features = checked_features(arrays["x"])
    left_out: dict[str, str] = {}
    if "adj" in arrays:
        adjacency = adjacency_from_matrix(arrays["adj"])
    else:
        adjacency = adjacency_from_edges(arrays["edge_index"], len(features))
        left_out = left_out_edges(arrays["edge_index"])
    split = {part: arrays[f"{short}_idx"] for part, short in _SHORT.items() if f"{short}_idx" in arrays}
    split |= {part: arrays[f"{short}_mask"].bool() for part, short in _SHORT.items() if f"{short}_mask" in arrays}
    return node_data(features, adjacency, arrays["y"], split, left_out=left_out)
