"""Graphs from objects of PyG, told by their class."""

from __future__ import annotations

import pytest
import torch

from condenset.core.errors import DataError, RequestError
from condenset.tasks.catalogue import object_modality, open_task
from condenset.tasks.graph.loading import graph_from_data
from tests.tasks.graph import example


def test_data_of_pyg_open_as_what_they_hold() -> None:
    thing = example.pyg()
    task, expected = open_task(thing), example.task()
    assert object_modality(thing).name == "graph" and task.source == {}
    assert task.fingerprint == expected.fingerprint
    assert torch.equal(task.held_out().targets, expected.held_out().targets)
    assert open_task(thing, setting="inductive", name="mine").train.all().inputs.features.shape == (4, 4)


def test_a_dataset_of_one_graph_is_that_graph() -> None:
    thing = example.pyg()
    base = pytest.importorskip("torch_geometric.data").InMemoryDataset

    class Communities(base):
        """One graph, as Planetoid's datasets are."""

        def __init__(self) -> None:
            super().__init__()
            self._data, self.slices = self.collate([thing])

    assert open_task(Communities()).fingerprint == open_task(thing).fingerprint


@pytest.mark.parametrize(
    ("changes", "options", "message"),
    [
        ({"train_mask": None}, {}, r"no train nodes: give train_mask or train_idx, or open with --split random"),
        ({"y": torch.arange(12)}, {}, "have no training node: add some to train"),
        ({}, {"split": "random"}, "class '0' has 6 nodes: a random split needs more than 50 of each class"),
        ({"edge_index": None}, {}, "expected x .* and edge_index"),
    ],
)
def test_unusable_data(changes: dict[str, object], options: dict[str, str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        open_task(example.pyg(**changes), **options)


def test_what_is_no_data_of_pyg_is_no_graph_unless_it_is_opened_as_one() -> None:
    with pytest.raises(RequestError, match=r"cannot distil types\.SimpleNamespace: .*a PyG Data"):
        open_task(example.data())
    assert graph_from_data(example.data()).fingerprint == example.task().fingerprint
