"""Lists of PyG `Data`: told by their class, read as they are, and faults named by their graph."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from condenset.core.errors import DataError
from condenset.tasks.catalogue import open_task
from condenset.tasks.graphs.data_list import graphs_of, takes_graphs
from condenset.tasks.graphs.raw import tidied
from tests.core.test_graphs import dense

Data = pytest.importorskip("torch_geometric.data").Data


def listed(count: int = 40, **parts: Any) -> list[Any]:
    """Rings of 3 nodes and chains of 4, with edges in one direction."""
    found = []
    for number in range(count):
        size, label = (3, 0) if number % 2 == 0 else (4, 1)
        pairs = [(node, (node + 1) % size) for node in range(size if label == 0 else size - 1)]
        given = {"x": torch.eye(4)[:size], "edge_index": torch.tensor(pairs).T, "y": torch.tensor([label])}
        found.append(Data(**(given | parts)))
    return found


def test_a_list_is_opened_unasked() -> None:
    task = open_task(listed())
    assert task.modality.name == "graphs" and len(task.train) == 32 and task.source == {}
    (features, matrix), *_ = dense(task.train.batch.inputs)
    assert features.shape == (3, 4) and matrix.sum() == 6
    assert takes_graphs(tuple(listed(2))) and not takes_graphs(listed(1)) and not takes_graphs([1, 2])


def test_what_has_no_features_is_told_by_degrees() -> None:
    assert tidied(graphs_of(listed(4, x=None, num_nodes=4), "own")).nodes == "degrees"


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"y": None}, "give every graph one"),
        ({"y": torch.tensor([1, 2, 3])}, r"y of graph 1 is \(3,\)"),
        ({"edge_index": None}, "edge_index of graph 1 is no"),
        ({"edge_index": torch.tensor([[0], [7]])}, "goes from 0 to 7, and it has nodes 0 to 2"),
        ({"num_nodes": 9}, "says 9 nodes and its x has 3 rows"),
    ],
)
def test_faults_are_named_by_their_graph(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        tidied(graphs_of(listed(4, **parts), "own"))


def test_features_of_several_widths_are_refused() -> None:
    with pytest.raises(DataError, match="of 2 to 4 columns"):
        graphs_of([*listed(2), *listed(2, x=torch.ones(4, 2))], "own")
