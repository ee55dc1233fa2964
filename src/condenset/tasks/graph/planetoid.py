"""The citation networks Cora, Citeseer and Pubmed in Planetoid's files (Yang et al. 2016, arXiv 1603.08861).

Seven of the eight files are pickles. They are read by an unpickler that knows six globals and refuses any other.
"""

from __future__ import annotations

import os
import pickle
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch

from condenset.core.cache import cache_folder
from condenset.core.errors import DataError, MissingExtraError
from condenset.tasks.graph.nodes import UNLABELLED, NodeData, adjacency_from_edges, node_data, row_normalised

NAMES = ("cora", "citeseer", "pubmed")
_CLASSES = {
    "cora": (
        "Theory",
        "Reinforcement learning",
        "Genetic algorithms",
        "Neural networks",
        "Probabilistic methods",
        "Case based",
        "Rule learning",
    )
}
_PARTS = ("x", "y", "allx", "ally", "tx", "ty", "graph", "test.index")
_FILE = re.compile(rf"ind\.(.+)\.({'|'.join(map(re.escape, _PARTS))})")
_VALIDATION = 500  # nodes, the ones right after the training nodes
_ALLOWED: dict[tuple[str, str], Callable[..., Any]] = {
    ("scipy.sparse.csr", "csr_matrix"): sp.csr_matrix,
    ("numpy.core.multiarray", "_reconstruct"): np._core.multiarray._reconstruct,  # type: ignore[attr-defined]
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("collections", "defaultdict"): defaultdict,
    ("__builtin__", "list"): list,
}


class _RestrictedUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """The global, if it is one of those that Planetoid's files need. Raises `DataError` for any other."""
        if (module, name) not in _ALLOWED:
            raise DataError(f"a pickle asks for {module}.{name}, which Planetoid files do not need: refused, not read")
        return _ALLOWED[module, name]


def network_folder(name: str) -> Path:
    """The folder of a known citation network's files.

    It is `planetoid/<name>/raw` below the folder in CONDENSET_DATA, or where torch_geometric downloads it to, in
    CONDENSET_CACHE (default: condenset below the user's cache folder). Raises `MissingExtraError` where that
    library is needed and missing.
    """
    root = os.environ.get("CONDENSET_DATA")
    if root and (folder := Path(root) / "planetoid" / name / "raw").is_dir():
        return folder
    return _download(name)


def locate(source: str) -> tuple[Path, str] | None:
    """The folder and the name of the network that a known name means, or that lies in a folder or in its folder `raw`.

    None where there is none. Raises `DataError` for a folder of several networks, and as `network_folder`.
    """
    if source in NAMES:
        return network_folder(source), source
    for folder in (Path(source), Path(source) / "raw"):
        names = sorted({match[1] for file in folder.glob("ind.*") if (match := _FILE.fullmatch(file.name))})
        if len(names) > 1:
            raise DataError(f"{folder} holds the networks {', '.join(names)}: give each a folder of its own")
        if names:
            return folder, names[0]
    return None


def raw_files(folder: Path, name: str) -> list[Path]:
    """Those of the eight files of a network that are there."""
    return [file for part in _PARTS if (file := folder / f"ind.{name}.{part}").is_file()]


def read_raw(folder: Path, name: str) -> NodeData:
    """The network of the files `ind.<name>.*`, rows of its features (nodes, features) divided by their sum, and the
    public split. Raises `DataError` where one is missing, damaged or hostile.

    Test nodes that the files leave out (Citeseer has 15) get zero features and no label.
    """
    parts = {part: _unpickle(folder / f"ind.{name}.{part}") for part in ("x", "allx", "tx", "ally", "ty", "graph")}
    try:
        test = np.loadtxt(folder / f"ind.{name}.test.index", dtype=np.int64, ndmin=1)
        return _assemble(parts, test, _CLASSES.get(name, ()))
    except (OSError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise DataError(f"files ind.{name}.* in {folder} do not fit together: {error}; fetch them again") from error


def _assemble(parts: Mapping[str, Any], test: np.ndarray, classes: tuple[str, ...]) -> NodeData:
    trained, others, tested = (sp.csr_array(parts[part]) for part in ("x", "allx", "tx"))
    nodes = max(others.shape[0], int(test.max()) + 1)
    features = np.zeros((nodes, others.shape[1]), dtype=np.float32)
    features[: others.shape[0]] = others.toarray()
    features[test] = tested.toarray()
    labels = np.full(nodes, UNLABELLED)
    labels[: len(parts["ally"])] = parts["ally"].argmax(1)
    labels[test] = parts["ty"].argmax(1)
    pairs = [(node, neighbour) for node, neighbours in parts["graph"].items() for neighbour in neighbours]
    edges = torch.tensor(pairs, dtype=torch.int64).reshape(-1, 2).T
    count = trained.shape[0]
    split = {
        "train": torch.arange(count),
        "validation": torch.arange(count, min(count + _VALIDATION, others.shape[0])),
        "test": torch.from_numpy(test),
    }
    adjacency = adjacency_from_edges(edges, nodes)
    return row_normalised(node_data(torch.from_numpy(features), adjacency, torch.from_numpy(labels), split, classes))


def _unpickle(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            return _RestrictedUnpickler(file, encoding="latin1").load()
    except FileNotFoundError as error:
        raise DataError(f"{path} is missing: a Planetoid network has eight files ind.<name>.*") from error
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    except Exception as error:  # damaged pickle bytes can raise nearly anything
        raise DataError(f"{path} cannot be read as a pickle ({error}): fetch it again") from error


def _download(name: str) -> Path:
    try:
        from torch_geometric.datasets import Planetoid
    except ImportError as error:
        raise MissingExtraError("torch_geometric", "graph") from error
    cache = cache_folder() / "planetoid"
    try:
        Planetoid(root=str(cache), name=name)
    except Exception as error:  # whatever the download's many layers raise
        raise DataError(
            f"{name} is not on this machine and could not be downloaded ({error}): put its eight raw files into "
            f"planetoid/{name}/raw below the folder that CONDENSET_DATA names"
        ) from error
    return cache / name / "raw"
