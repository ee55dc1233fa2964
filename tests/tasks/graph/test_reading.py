"""A user's own files: NPZ and saved PyG data, and what is no such file."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from condenset.core.errors import DataError, RequestError
from condenset.tasks.graph.loading import graph_from_data, open_graph
from condenset.tasks.graph.reading import read_source, recognise_graph
from tests.tasks.graph.example import arrays, data, task


def test_npz_gives_the_same_task_as_the_object(tmp_path: Path) -> None:
    np.savez(tmp_path / "mine.npz", **arrays())
    opened = open_graph(tmp_path / "mine.npz")
    assert opened.name == "mine.npz"
    assert opened.fingerprint == task().fingerprint
    assert open_graph(**opened.source).fingerprint == opened.fingerprint
    assert recognise_graph(tmp_path / "mine.npz")


def test_npz_takes_a_matrix_and_index_lists(tmp_path: Path) -> None:
    given = arrays()
    matrix = np.zeros((12, 12))
    matrix[tuple(given["edge_index"])] = 1
    lists = {name.replace("mask", "idx"): np.flatnonzero(given[name]) for name in given if "mask" in name}
    np.savez(tmp_path / "lists.npz", x=given["x"], y=given["y"], adj=matrix, **lists)
    assert open_graph(tmp_path / "lists.npz").fingerprint == task().fingerprint


def test_masks_of_numbers_are_masks(tmp_path: Path) -> None:
    given = {name: value.astype(np.uint8) if "mask" in name else value for name, value in arrays().items()}
    np.savez(tmp_path / "numbers.npz", **given)
    assert open_graph(tmp_path / "numbers.npz").fingerprint == task().fingerprint


def test_index_lists_out_of_range_are_refused(tmp_path: Path) -> None:
    given = {name: value for name, value in arrays().items() if name != "train_mask"}
    np.savez(tmp_path / "high.npz", **given, train_idx=np.array([0, 6, 12]))
    with pytest.raises(DataError, match="train_idx goes from 0 to 12"):
        read_source(tmp_path / "high.npz")


def test_pickled_arrays_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "objects.npz", **(arrays() | {"x": np.array([{"a": 1}, None], dtype=object)}))
    with pytest.raises(DataError, match="regular arrays, no objects"):
        read_source(tmp_path / "objects.npz")


def test_saved_pyg_data_gives_the_same_task(tmp_path: Path) -> None:
    pyg = pytest.importorskip("torch_geometric.data")
    saved = pyg.Data(**vars(data()))
    torch.save(saved, tmp_path / "mine.pt")
    assert recognise_graph(tmp_path / "mine.pt")
    assert open_graph(tmp_path / "mine.pt").fingerprint == task().fingerprint
    assert graph_from_data(saved).fingerprint == task().fingerprint


class Hostile:
    """A pickle that would run a command when it is opened."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """What the pickle would call."""
        return os.getcwd, ()  # type: ignore[return-value]


def test_other_saved_objects_are_refused(tmp_path: Path) -> None:
    pytest.importorskip("torch_geometric")
    torch.save(Hostile(), tmp_path / "hostile.pt")
    with pytest.raises(DataError, match="could run code: refused"):
        read_source(tmp_path / "hostile.pt")
    torch.save({"x": torch.zeros(2, 2)}, tmp_path / "state.pt")
    with pytest.raises(DataError, match="holds a dict"):
        read_source(tmp_path / "state.pt")


def test_a_graph_of_more_numbers_than_are_stored_is_refused(tmp_path: Path) -> None:
    saved = pytest.importorskip("torch_geometric.data").Data(**vars(data()))
    saved.x = torch.zeros(1, 1).expand(200_000, 50_000)
    torch.save(saved, tmp_path / "bomb.pt")
    with pytest.raises(DataError, match=r"x is \(200000, 50000\), which takes 40,000,000,000 bytes, and 4 are stored"):
        read_source(tmp_path / "bomb.pt")


def test_what_is_no_graph_file(tmp_path: Path) -> None:
    np.savez(tmp_path / "images.npz", x=np.zeros((2, 3)), y=np.zeros(2))
    torch.save({"x": torch.zeros(2)}, tmp_path / "state.pt")
    (tmp_path / "notes.txt").write_text("hello")
    assert not any(recognise_graph(tmp_path / name) for name in ("images.npz", "state.pt", "notes.txt", "absent.npz"))
    with pytest.raises(DataError, match=r"notes\.txt is no graph file"):
        read_source(tmp_path / "notes.txt")
    (tmp_path / "broken.npz").write_bytes(b"PK nothing")
    with pytest.raises(DataError, match="cannot be read"):
        read_source(tmp_path / "broken.npz")
    with pytest.raises(RequestError, match=r"no file or folder '.*absent\.npz'"):
        read_source(tmp_path / "absent.npz")
