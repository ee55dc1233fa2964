"""Node data from files and objects: NPZ archives and PyG `Data`, read without executing anything in them."""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from condenset.core.errors import DataError, MissingExtraError
from condenset.tasks.graph.nodes import (
    NodeData,
    adjacency_from_edges,
    adjacency_from_matrix,
    checked_features,
    node_data,
)
from condenset.tasks.graph.planetoid import read_raw
from condenset.tasks.graph.planetoid_files import NAMES, locate
from condenset.tasks.missing import not_there
from condenset.tasks.objects import is_of

_SHORT = {"train": "train", "validation": "val", "test": "test"}


def recognise_graph(path: Path) -> bool:
    """Whether a path is an NPZ with features and edges, a saved PyG `Data`, or a folder of Planetoid's files.

    Nothing in it is executed.
    """
    if path.is_dir():
        return locate(str(path)) is not None
    if not path.is_file() or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if path.suffix == ".npz":
            return {"x.npy", "y.npy"} <= set(names) and bool({"edge_index.npy", "adj.npy"} & set(names))
        pickles = [n for n in names if n.endswith("/data.pkl")]
        return path.suffix in (".pt", ".pth") and any(b"torch_geometric.data" in archive.read(n) for n in pickles)


def read_source(source: str | Path) -> tuple[NodeData, str, list[Path]]:
    """Node data of a known network, a folder of Planetoid's files, or a .npz or .pt file; what to call it; the files.

    Raises `RequestError` where there is none, `DataError` for bad content.
    """
    if network := locate(str(source)):
        return read_raw(network), network.name, network.there()
    path = Path(source)
    if not path.exists():
        raise not_there("graph", source, NAMES)
    return _read_file(path), path.name, [path]


def _read_file(path: Path) -> NodeData:
    if path.suffix == ".npz":
        return _read_npz(path)
    if path.suffix in (".pt", ".pth"):
        return _read_saved_data(path)
    raise DataError(
        f"{path} is no graph file: expected .npz, a saved PyG Data object in .pt, or a folder of Planetoid's files"
    )


def _read_npz(path: Path) -> NodeData:
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: torch.from_numpy(np.ascontiguousarray(archive[name])) for name in archive.files}
    except (OSError, ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} cannot be read ({error}): expected an NPZ of plain numeric arrays") from error
    return _from_arrays(arrays)


def _read_saved_data(path: Path) -> NodeData:
    try:
        from torch_geometric.data import Data
        from torch_geometric.data.data import DataEdgeAttr, DataTensorAttr
        from torch_geometric.data.storage import GlobalStorage
    except ImportError as error:
        raise MissingExtraError("torch_geometric", "graph") from error
    try:
        with torch.serialization.safe_globals([Data, DataEdgeAttr, DataTensorAttr, GlobalStorage]):
            data = torch.load(path, weights_only=True, map_location="cpu")
    except (OSError, RuntimeError, ValueError, EOFError, KeyError, pickle.UnpicklingError) as error:
        reason = str(error).split("\n")[0]
        raise DataError(f"{path} cannot be read safely ({reason}): expected one PyG Data object") from error
    if not isinstance(data, Data):
        raise DataError(f"{path} holds a {type(data).__name__}: expected a PyG Data object")
    return from_data(data)


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
    if "adj" in arrays:
        adjacency = adjacency_from_matrix(arrays["adj"])
    else:
        adjacency = adjacency_from_edges(arrays["edge_index"], len(features))
    split = {part: arrays[f"{short}_idx"] for part, short in _SHORT.items() if f"{short}_idx" in arrays}
    split |= {part: arrays[f"{short}_mask"].bool() for part, short in _SHORT.items() if f"{short}_mask" in arrays}
    return node_data(features, adjacency, arrays["y"], split)
