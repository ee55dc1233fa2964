"""The text format of DGCNN: read as it was written, recognised by its head, and faults named by their line."""

from __future__ import annotations

import numpy as np
import pytest

from condenset.core.errors import DataError
from condenset.tasks.graphs.raw import tidied
from condenset.tasks.graphs.text_file import looks_like_graphs, parsed
from tests.core.test_graphs import dense, same
from tests.tasks.graphs import example

GOOD = "2\n3 0\n5 1 1\n5 2 0 2\n7 1 1\n1 4\n5 0\n"


def test_graphs_are_read_as_they_were_written() -> None:
    given = example.raw(10)
    found = parsed(example.text(given), "own.txt", "own")
    assert same(dense(tidied(found).graphs), dense(tidied(given).graphs))
    assert [example.CLASSES[label] for label in found.labels] == given.labels.tolist()


def test_numbers_after_the_neighbours_are_features() -> None:
    found = parsed("1\n2 0\n5 1 1 0.5 -2\n5 1 0 1 3\n", "own.txt", "own")
    assert np.array_equal(found.attributes, [[0.5, -2], [1, 3]]) and found.tags.tolist() == [5, 5]


def test_the_head_tells() -> None:
    assert looks_like_graphs(GOOD)
    for other in ("", "2\n3 0\n", "a\nb\nc", "1 2\n3 4\n5 6", "3\n4\n5", "2\n3 0\n5 4 1"):
        assert not looks_like_graphs(other)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1 of own.txt is not there: expected the number of graphs"),
        (
            GOOD.replace("2\n3 0", "3\n3 0"),
            "line 8 of own.txt is not there: expected the nodes and the label of graph 3",
        ),
        (GOOD.replace("2\n3 0", "1\n3 0"), "says 1 graphs, which end in line 5, and has 7 lines"),
        (GOOD.replace("1 4", "2 4"), "2 nodes for graph 2 in line 6 and ends after 1 of them"),
        (GOOD.replace("5 2 0 2", "5 3 0 2"), "line 4 of own.txt says 3 neighbours and lists 2"),
        (GOOD.replace("5 2 0 2", "5 2 0 3"), "line 4 of own.txt has an edge to node 3, and its graph has nodes 0 to 2"),
        (GOOD.replace("5 2 0 2", "5 2 0 x"), "lists neighbours '0 x'"),
        (GOOD.replace("3 0", "-3 0"), "-3 nodes for graph 1"),
        (GOOD.replace("3 0", "3 99999999999999999999"), "expected the nodes and the label of graph 1"),
        (GOOD.replace("3 0", "3"), "line 2 of own.txt has '3': expected the nodes and the label of graph 1"),
        (GOOD.replace("7 1 1", "7 1 1 4.5"), "have 0 to 1 numbers"),
    ],
)
def test_faults_are_named_by_their_line(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parsed(text, "own.txt", "own")
