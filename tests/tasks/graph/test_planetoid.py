"""Planetoid files: the facts known about Cora, a made-up network with a missing node, and hostile pickles."""

from __future__ import annotations

import io
import os
import pickle
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from condenset.core.errors import DataError
from condenset.tasks.graph.planetoid import read_raw
from condenset.tasks.graph.planetoid_files import NetworkFiles
from tests.conftest import data_file


class Python2Pickler(pickle._Pickler):  # type: ignore[name-defined]
    """Writes byte strings as Python 2 did, the way Planetoid's files hold their arrays."""

    dispatch = dict(pickle._Pickler.dispatch)  # type: ignore[attr-defined]

    def save_bytes(self, value: bytes) -> None:
        """As BINSTRING."""
        self.write(b"T" + len(value).to_bytes(4, "little") + value)
        self.memoize(value)

    dispatch[bytes] = save_bytes


def write_part(folder: Path, part: str, value: object) -> None:
    """A file of the network "tiny", as Python 2 pickled it."""
    buffer = io.BytesIO()
    Python2Pickler(buffer, protocol=2).dump(value)
    content = buffer.getvalue()
    for modern, old in _MODULES:
        content = content.replace(modern, old)
    (folder / f"ind.tiny.{part}").write_bytes(content)


_MODULES = ((b"cnumpy._core.multiarray", b"cnumpy.core.multiarray"), (b"cscipy.sparse._csr", b"cscipy.sparse.csr"))


def write_raw(folder: Path) -> None:
    """A network "tiny" of 7 nodes in Planetoid's layout; node 5 is left out by the files, node 6 by their order."""
    folder.mkdir(parents=True, exist_ok=True)
    x = sp.csr_matrix(np.array([[1, 1, 0], [0, 0, 2]], dtype=np.float32))
    others = sp.csr_matrix(np.array([[1, 1, 0], [0, 0, 2], [0, 3, 1]], dtype=np.float32))
    tested = sp.csr_matrix(np.array([[4, 0, 0], [0, 0, 5], [0, 1, 1]], dtype=np.float32))
    one_hot = np.eye(2, dtype=np.int32)
    graph = defaultdict(list, {0: [1, 1, 0], 1: [0, 6], 2: [4], 3: [], 4: [2], 6: [1]})
    parts = {"x": x, "allx": others, "tx": tested, "ally": one_hot[[0, 1, 1]], "ty": one_hot[[0, 1, 0]], "graph": graph}
    for part, value in parts.items():
        write_part(folder, part, value)
    (folder / "ind.tiny.test.index").write_text("6\n3\n4\n")


@pytest.mark.real_data("planetoid/cora/raw")
def test_cora_is_what_is_known_of_it() -> None:
    network = read_raw(NetworkFiles(data_file("planetoid/cora/raw"), "cora"))
    assert network.features.shape == (2708, 1433)
    assert torch.bincount(network.labels).tolist() == [351, 217, 418, 818, 426, 298, 180]
    assert network.adjacency.nnz == 10556
    assert set(network.adjacency.data) == {1.0}
    assert network.adjacency.diagonal().sum() == 0
    counts = {part: torch.bincount(network.labels[mask]).tolist() for part, mask in network.split.items()}
    assert counts == {
        "train": [20] * 7,
        "validation": [61, 36, 78, 158, 81, 57, 29],
        "test": [130, 91, 144, 319, 149, 103, 64],
    }
    assert network.split["train"].nonzero().flatten().tolist() == list(range(140))
    torch.testing.assert_close(network.features.sum(1), torch.ones(2708))
    assert int((network.features > 0).sum()) == 49216


def test_assembly_puts_test_rows_in_their_places(tmp_path: Path) -> None:
    write_raw(tmp_path)
    network = read_raw(NetworkFiles(tmp_path, "tiny"))
    rows = [[0.5, 0.5, 0], [0, 0, 1], [0, 0.75, 0.25], [0, 0, 1], [0, 0.5, 0.5], [0, 0, 0], [1, 0, 0]]
    assert network.features.tolist() == rows
    assert network.labels.tolist() == [0, 1, 1, 1, 0, -1, 0]
    expected = np.zeros((7, 7))
    for a, b in ((0, 1), (1, 6), (2, 4)):
        expected[a, b] = expected[b, a] = 1
    assert np.array_equal(network.adjacency.toarray(), expected)
    assert network.split["test"].nonzero().flatten().tolist() == [3, 4, 6]


class Hostile:
    """A pickle that would run a command when it is opened."""

    def __init__(self, command: str) -> None:
        """Args: command, for the shell."""
        self.command = command

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """What the pickle would call."""
        return os.system, (self.command,)


def test_a_pickle_that_would_run_something_is_refused(tmp_path: Path) -> None:
    write_raw(tmp_path)
    (tmp_path / "ind.tiny.graph").write_bytes(pickle.dumps(Hostile(f"touch {tmp_path / 'ran'}")))
    with pytest.raises(DataError, match=r"system.*refused"):
        read_raw(NetworkFiles(tmp_path, "tiny"))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(("part", "content"), [("tx", b"\x80"), ("ally", b""), ("graph", pickle.dumps([1, 2]))])
def test_damaged_files_are_data_errors(tmp_path: Path, part: str, content: bytes) -> None:
    write_raw(tmp_path)
    (tmp_path / f"ind.tiny.{part}").write_bytes(content)
    with pytest.raises(DataError, match="fetch"):
        read_raw(NetworkFiles(tmp_path, "tiny"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    write_raw(tmp_path)
    (tmp_path / "ind.tiny.ty").unlink()
    with pytest.raises(DataError, match=r"ind\.tiny\.ty is missing"):
        read_raw(NetworkFiles(tmp_path, "tiny"))


def test_a_matrix_that_points_outside_itself_is_refused(tmp_path: Path) -> None:
    """SciPy would write there."""
    write_raw(tmp_path)
    matrix = sp.csr_matrix(np.eye(3, dtype=np.float32))
    matrix.indices = matrix.indices + 1_000_000
    write_part(tmp_path, "allx", matrix)
    with pytest.raises(DataError, match="do not fit together"):
        read_raw(NetworkFiles(tmp_path, "tiny"))


def test_a_network_of_more_nodes_than_anyone_has_is_refused(tmp_path: Path) -> None:
    write_raw(tmp_path)
    (tmp_path / "ind.tiny.test.index").write_text("6\n3\n4000000000\n")
    with pytest.raises(DataError, match="matrix of 4000000001 nodes has 48,000,000,012 bytes"):
        read_raw(NetworkFiles(tmp_path, "tiny"))
