"""Raw graphs become undirected ones without self-loops, what was done is said, and faults are named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from condenset.core.errors import DataError
from condenset.tasks.graphs.raw import RawGraphs, tidied
from tests.core.test_graphs import dense


def raw(edges: list[tuple[int, int]], sizes=(3, 2), **parts) -> RawGraphs:
    labels = parts.pop("labels", pd.Series(["a", "b"][: len(sizes)], name="label"))
    return RawGraphs("own", np.array(sizes), np.array(edges, dtype=np.int64).reshape(-1, 2).T, labels, **parts)


def test_edges_count_once_in_both_directions_and_what_was_changed_is_said() -> None:
    found = tidied(raw([(0, 1), (1, 0), (0, 1), (2, 2), (3, 4)], tags=np.array([7, 7, 2, 2, 9])))
    (first, one), (second, other) = dense(found.graphs)
    assert one.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]] and other.tolist() == [[0, 1], [1, 0]]
    assert found.codes == (2, 7, 9) and found.nodes == "tags"
    assert first.tolist() == [[0, 1, 0], [0, 1, 0], [1, 0, 0]] and second.tolist() == [[1, 0, 0], [0, 0, 1]]
    assert found.dropped == {"self-loops": "1", "repeated edges": "1, every edge counts once"}
    assert found.kept == ("1 nodes without edges", "1 edges of one direction, taken for both")


def test_nodes_without_tags_are_told_by_their_degree() -> None:
    found = tidied(raw([(0, 1), (0, 2)]))
    assert found.nodes == "degrees" and found.graphs.features.argmax(1).tolist() == [2, 1, 1, 0, 0]
    star = tidied(raw([(0, node) for node in range(1, 50)], sizes=(50,)))
    assert star.graphs.features.shape == (50, 32)


def test_one_hot_rows_are_tags_and_numbers_stand_beside_tags() -> None:
    rows = np.array([[1.0, 0], [0, 1], [1, 0], [1, 0], [0, 1]])
    assert tidied(raw([], attributes=rows)).nodes == "tags"
    numbers = tidied(raw([], attributes=2 * rows))
    assert numbers.nodes == "numbers" and torch.equal(numbers.graphs.features, torch.from_numpy(2 * rows).float())
    both = tidied(raw([], attributes=rows, tags=np.array([4, 4, 4, 5, 4])))
    assert both.nodes == "numbers" and both.graphs.features[3].tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sizes": np.array([5, 0])}, "1 graphs of own have no nodes, the first is graph 2"),
        ({"sizes": np.array([], dtype=np.int64)}, "holds no graphs"),
        ({"labels": pd.Series(["a", None])}, "2 graphs and 1 labels, the first is that of graph 2"),
        ({"labels": pd.Series(["a"])}, "2 graphs and 1 labels"),
        ({"labels": pd.Series([0.5, 1.0])}, "with a fraction, such as 0.5"),
        ({"attributes": np.zeros((5, 2))}, "are 0 in all 5 nodes: leave them out"),
        ({"attributes": np.full((5, 2), np.nan)}, "not finite in 5 nodes, the first is node 1"),
        ({"edges": np.array([[0], [9]])}, "joins nodes 1 and 10, and there are 5 nodes"),
        ({"edges": np.array([[0], [4]])}, "joins graphs 1 and 2"),
    ],
)
def test_faults_are_named(change, message) -> None:
    with pytest.raises(DataError, match=message):
        tidied(replace(raw([(0, 1)]), **change))
