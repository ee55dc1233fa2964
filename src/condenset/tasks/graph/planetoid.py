"""The citation networks Cora, Citeseer and Pubmed in Planetoid's files (Yang et al. 2016, arXiv 1603.08861).

Seven of the eight files are pickles. They are read by an unpickler that knows six globals and refuses any other.
"""

from __future__ import annotations

import io
import pickle
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch

from condenset.core.errors import DataError
from condenset.core.untrusted_file import limits
from condenset.tasks.graph.nodes import UNLABELLED, NodeData, adjacency_from_edges, node_data, row_normalised
from condenset.tasks.graph.planetoid_files import NetworkFiles

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
_VALIDATION = 500  # nodes, the ones right after the training nodes
_PICKLED = ("x", "allx", "tx", "ally", "ty", "graph")


def _empty(*asked: object) -> np.ndarray:
    """The array that a pickle fills afterwards, whatever size it is asked to begin with."""
    return np.empty(0, np.int8)


_ALLOWED: dict[tuple[str, str], Callable[..., Any]] = {
    ("scipy.sparse.csr", "csr_matrix"): sp.csr_matrix,
    ("numpy.core.multiarray", "_reconstruct"): _empty,
    ("numpy", "ndarray"): object,  # only ever the first argument of the one above
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


def read_raw(files: NetworkFiles) -> NodeData:
    """A network with its public split, rows of its features (nodes, features) divided by their sum.

    Test nodes that the files leave out (Citeseer has 15) get zero features and no label. Raises `DataError` where a
    file is missing, damaged or hostile.
    """
    parts = {part: _unpickled(files, part) for part in _PICKLED}
    try:
        test = np.loadtxt(io.BytesIO(files.read("test.index")), dtype=np.int64, ndmin=1)
        return _assemble(parts, test, _CLASSES.get(files.name, ()))
    except (ValueError, TypeError, AttributeError, IndexError, KeyError) as error:
        raise DataError(
            f"files ind.{files.name}.* in {files.folder} do not fit together: {error}; fetch them again"
        ) from error


def _assemble(parts: Mapping[str, Any], test: np.ndarray, classes: tuple[str, ...]) -> NodeData:
    trained, others, tested = (_matrix(parts[part]) for part in ("x", "allx", "tx"))
    nodes = max(others.shape[0], int(test.max()) + 1)
    limits().check("bytes", 4 * nodes * others.shape[1], f"a matrix of {nodes} nodes")
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


def _matrix(pickled: Any) -> sp.csr_array:
    """A sparse matrix, made anew of what is in a pickled one and checked: SciPy writes where its places say, however
    far outside that is."""
    if not isinstance(pickled, sp.csr_matrix):
        raise TypeError(f"features are a {type(pickled).__name__}, expected a sparse matrix")
    rows, columns = pickled.shape
    limits().check("bytes", 4 * max(rows, 1) * max(columns, 1), f"a matrix of {rows} nodes")
    matrix = sp.csr_array((pickled.data, pickled.indices, pickled.indptr), shape=(rows, columns))
    matrix.check_format(full_check=True)
    return matrix


def _unpickled(files: NetworkFiles, part: str) -> Any:
    content = files.read(part)
    try:
        return _RestrictedUnpickler(io.BytesIO(content), encoding="latin1").load()
    except DataError as error:
        raise DataError(f"{files.path(part)}: {error}") from error
    except Exception as error:  # damaged pickle bytes can raise nearly anything
        raise DataError(f"{files.path(part)} cannot be read as a pickle ({error}): fetch it again") from error
