"""Planetoid files: the facts known about Cora, a made-up network with a missing node, and hostile pickles."""

from __future__ import annotations

import io
import os
import pickle
import shutil
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from condenset.core.errors import DataError, MissingExtraError
from condenset.tasks.catalogue import modality_of, open_task
from condenset.tasks.graph import planetoid
from condenset.tasks.graph.planetoid import locate, read_raw
from tests.conftest import data_file


class Python2Pickler(pickle._Pickler):  # type: ignore[name-defined]
    """Writes byte strings as Python 2 did, the way Planetoid's files hold their arrays."""

    dispatch = dict(pickle._Pickler.dispatch)  # type: ignore[attr-defined]

    def save_bytes(self, value: bytes) -> None:
        """As BINSTRING."""
        self.write(b"T" + len(value).to_bytes(4, "little") + value)
        self.memoize(value)

    dispatch[bytes] = save_bytes


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
        buffer = io.BytesIO()
        Python2Pickler(buffer, protocol=2).dump(value)
        content = buffer.getvalue()
        for modern, old in _MODULES:
            content = content.replace(modern, old)
        (folder / f"ind.tiny.{part}").write_bytes(content)
    (folder / "ind.tiny.test.index").write_text("6\n3\n4\n")


@pytest.mark.real_data("planetoid/cora/raw")
def test_cora_is_what_is_known_of_it() -> None:
    network = read_raw(data_file("planetoid/cora/raw"), "cora")
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
    network = read_raw(tmp_path, "tiny")
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
        read_raw(tmp_path, "tiny")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(("part", "content"), [("tx", b"\x80"), ("ally", b""), ("graph", pickle.dumps([1, 2]))])
def test_damaged_files_are_data_errors(tmp_path: Path, part: str, content: bytes) -> None:
    write_raw(tmp_path)
    (tmp_path / f"ind.tiny.{part}").write_bytes(content)
    with pytest.raises(DataError, match="fetch"):
        read_raw(tmp_path, "tiny")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    write_raw(tmp_path)
    (tmp_path / "ind.tiny.ty").unlink()
    with pytest.raises(DataError, match=r"ind\.tiny\.ty is missing"):
        read_raw(tmp_path, "tiny")


def test_without_local_files_it_is_downloaded_into_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("torch_geometric.datasets")
    write_raw(tmp_path / "there")

    def download(root: str, name: str) -> None:
        shutil.copytree(tmp_path / "there", Path(root) / name / "raw")

    monkeypatch.delenv("CONDENSET_DATA", raising=False)
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(datasets, "Planetoid", download)
    monkeypatch.setattr(planetoid, "NAMES", ("tiny",))
    network = locate("tiny")
    assert network is not None and len(read_raw(*network).labels) == 7
    assert (tmp_path / "cache" / "planetoid" / "tiny" / "raw").is_dir()


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONDENSET_DATA", raising=False)
    monkeypatch.setitem(__import__("sys").modules, "torch_geometric.datasets", None)
    with pytest.raises(MissingExtraError, match=r"condenset\[graph\]"):
        locate("cora")


@pytest.mark.parametrize("below", ["", "raw"])
def test_a_folder_of_the_files_is_opened_by_its_path(tmp_path: Path, below: str) -> None:
    write_raw(tmp_path / "mine" / below)
    assert modality_of(tmp_path / "mine").name == "graph"
    task = open_task(tmp_path / "mine")
    assert (task.name, len(task.train), task.train.present()) == ("tiny", 2, 7)
    files = sum(file.stat().st_size for file in (tmp_path / "mine").rglob("ind.tiny.*"))
    assert task.footprint.files == files
    assert task.footprint.example == 3 * 4 + 1  # less than the share of files as small as these


def test_two_networks_in_a_folder_are_told_apart(tmp_path: Path) -> None:
    write_raw(tmp_path)
    shutil.copyfile(tmp_path / "ind.tiny.x", tmp_path / "ind.other.x")
    with pytest.raises(DataError, match="holds the networks other, tiny: give each a folder of its own"):
        open_task(tmp_path)
