"""Sets of graphs for other tools, and as a table of their sizes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from condenset.core.batch import Batch
from condenset.tasks.exporting import Exported
from condenset.tasks.graphs import MODALITY
from condenset.tasks.graphs.exporting import table, write_arrays
from tests.core.test_graphs import dense
from tests.tasks.graphs import example

TASK = example.task()


def some() -> Batch:
    return TASK.train.select(torch.arange(4))


def exported(batch: Batch) -> Exported:
    return Exported(batch, TASK.name, TASK.target, TASK.groups.names, TASK.preprocessing, None, "a card")


def test_the_table_counts() -> None:
    frame = table(exported(some()))
    assert list(frame) == ["nodes", "edges", "x0", "x1", "x2", "label"]
    for (features, matrix), row in zip(dense(some().inputs), frame.itertuples(), strict=True):
        assert (row.nodes, row.edges) == (len(features), float(matrix.sum()) / 2)
        assert [row.x0, row.x1, row.x2] == features.sum(0).tolist()


def test_arrays_hold_all_graphs_one_after_another(tmp_path: Path) -> None:
    write_arrays(exported(some()), tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as arrays:
        assert arrays["sizes"].sum() == len(arrays["x"]) and arrays["edge_index"].shape[1] == len(arrays["edge_weight"])
        assert arrays["y"].tolist() == some().targets.tolist()


def test_torch_geometric_reads_a_list(tmp_path: Path) -> None:
    geometric = pytest.importorskip("torch_geometric.data")
    MODALITY.exporters["pyg"](exported(some()), tmp_path / "out")
    found = torch.load(tmp_path / "out" / "data.pt", weights_only=False)
    assert all(isinstance(data, geometric.Data) for data in found)
    assert [data.num_nodes for data in found] == some().inputs.sizes.tolist()
    assert [int(data.y) for data in found] == some().targets.tolist()
