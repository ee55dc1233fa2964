"""Bad node data, each refused with what is wrong; scaling, symmetry and the random split."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.core.errors import DataError, RequestError
from condenset.core.rng import Rng
from condenset.tasks.graph.loading import graph_from_data
from condenset.tasks.graph.nodes import (
    NodeData,
    adjacency_from_edges,
    adjacency_from_matrix,
    left_out_edges,
    node_data,
    random_split,
    row_normalised,
    twice_propagated,
)
from tests.tasks.graph.example import data, task


def with_value(name: str, index: object, value: float) -> dict[str, torch.Tensor]:
    """One array of the example with one entry changed."""
    changed = getattr(data(), name).clone()
    changed[index] = value
    return {name: changed}


TRAIN = data().train_mask
BAD = {
    "nan": (with_value("x", (3, 1), torch.nan), "not finite in 1 rows, the first is row 3"),
    "flat x": ({"x": torch.zeros(12)}, "expected .nodes, features."),
    "empty x": ({"x": torch.zeros(12, 0)}, "not empty"),
    "all zeros": ({"x": torch.zeros(12, 4)}, "x is 0 in all 12 rows"),
    "node count": ({"x": torch.ones(11, 4)}, "from 0 to 11: expected 0 to 10"),
    "edge too high": (with_value("edge_index", (1, 4), 12), "from 0 to 12: expected 0 to 11"),
    "edge negative": (with_value("edge_index", (0, 0), -1), "from -1 to 11"),
    "edge shape": ({"edge_index": torch.zeros(12, 2, dtype=torch.long)}, "expected .2, edges."),
    "edge floats": ({"edge_index": torch.zeros(2, 3)}, "expected .2, edges. integers"),
    "label too high": (with_value("y", 0, 12), "from 0 to 12: expected 0 to 11"),
    "label too low": (with_value("y", 0, -2), "from -2 to 1"),
    "label floats": ({"y": torch.zeros(12)}, "integer class numbers"),
    "label length": ({"y": torch.zeros(11, dtype=torch.long)}, r"expected \(12,\)"),
    "unlabelled train": (with_value("y", 0, -1), "1 nodes of the split have no label"),
    "empty class": (with_value("y", 5, 2), "classes 2 have no training node"),
    "single class": ({"y": torch.zeros(12, dtype=torch.long)}, "at least 2 classes"),
    "overlap": ({"val_mask": TRAIN}, "4 nodes are in more than one"),
    "no train mask": ({"train_mask": None}, "no train nodes"),
    "empty test mask": ({"test_mask": torch.zeros(12, dtype=torch.bool)}, "no test nodes"),
    "many splits": ({"train_mask": TRAIN[:, None].expand(12, 10)}, r"train_mask is \(12, 10\)"),
    "no labels": ({"y": None}, "found arrays"),
    "no edges": ({"edge_index": None}, "edge_index"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_data_is_refused_and_named(name: str) -> None:
    changes, message = BAD[name]
    with pytest.raises(DataError, match=message):
        graph_from_data(data(**changes))


def test_edges_become_undirected_once_and_without_loops() -> None:
    edges = torch.tensor([[0, 0, 1, 2, 3], [1, 1, 0, 2, 0]])
    expected = np.zeros((4, 4))
    expected[[0, 1, 0, 3], [1, 0, 3, 0]] = 1
    assert np.array_equal(adjacency_from_edges(edges, 4).toarray(), expected)


def test_what_is_left_out_of_the_edges_is_said() -> None:
    edges = torch.tensor([[0, 0, 1, 2, 3, 0], [1, 1, 0, 2, 0, 1]])
    told = {"1 self-loops": "networks add one to every node", "2 edges": "given more than once"}
    assert left_out_edges(edges) == told
    assert left_out_edges(edges[:, [0, 2]]) == {}


def test_nodes_without_edges_or_features_are_counted() -> None:
    given = data()
    kept = ((given.edge_index != 3) & (given.edge_index != 4)).all(0)
    opened = graph_from_data(data(**with_value("x", 4, 0.0), edge_index=given.edge_index[:, kept]))
    assert "(nodes: 2 without an edge, 1 without a feature that is not 0)" in opened.recognised.inputs
    assert "(nodes" not in task().recognised.inputs


def test_matrix_keeps_weights_and_the_larger_direction() -> None:
    matrix = torch.tensor([[5.0, 0.2, 0.0], [0.7, 0.0, 0.0], [0.0, 0.0, 0.0]])
    expected = np.zeros((3, 3), dtype=np.float32)
    expected[[0, 1], [1, 0]] = 0.7
    assert np.array_equal(adjacency_from_matrix(matrix).toarray(), expected)


@pytest.mark.parametrize("matrix", [torch.zeros(2, 3), -torch.ones(2, 2), torch.full((2, 2), torch.inf)])
def test_matrices_that_are_no_adjacency_are_refused(matrix: torch.Tensor) -> None:
    with pytest.raises(DataError, match="adj"):
        adjacency_from_matrix(matrix)


def test_row_normalisation_keeps_rows_of_zeros() -> None:
    features = torch.tensor([[1.0, -3.0], [0.0, 0.0]])
    plain = node_data(features, adjacency_from_matrix(torch.zeros(2, 2)), torch.tensor([0, 1]), {})
    assert row_normalised(plain).features.tolist() == [[0.25, -0.75], [0.0, 0.0]]


def big(smallest: int) -> NodeData:
    """Two classes of 60 and `smallest` nodes, without a split."""
    labels = torch.cat([torch.zeros(60), torch.ones(smallest)]).long()
    empty = adjacency_from_edges(torch.zeros(2, 0, dtype=torch.long), len(labels))
    return node_data(torch.ones(len(labels), 1), empty, labels, {})


def test_random_split_counts_and_repeats() -> None:
    first, again, other = (random_split(big(55), Rng(seed)).split for seed in (0, 0, 1))
    labels = big(55).labels
    counts = {part: torch.bincount(labels[mask]).tolist() for part, mask in first.items()}
    assert counts == {"train": [20, 20], "validation": [30, 30], "test": [10, 5]}
    assert int(torch.stack(list(first.values())).sum(0).max()) == 1
    assert torch.equal(first["train"], again["train"])
    assert not torch.equal(first["train"], other["train"])


def test_random_split_needs_enough_nodes() -> None:
    with pytest.raises(DataError, match="class '1' has 50 nodes"):
        random_split(big(50), Rng(0))


def test_distances_are_measured_after_two_hops() -> None:
    graph = task().train.batch.inputs
    dense = graph.propagation.to_dense()
    torch.testing.assert_close(twice_propagated(graph), dense @ dense @ graph.features)
    with pytest.raises(RequestError, match="no graph"):
        twice_propagated(torch.zeros(2, 2))
