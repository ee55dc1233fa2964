"""Folders of the TU collection: read as they were written, and faults named by their file."""

from __future__ import annotations

from pathlib import Path

import pytest

from condenset.core.errors import DataError
from condenset.tasks.graphs.raw import tidied
from condenset.tasks.graphs.tu_folder import read_tu_folder, tu_name
from tests.core.test_graphs import dense, same
from tests.tasks.graphs import example


@pytest.mark.parametrize("attributes", [False, True])
def test_graphs_are_read_as_they_were_written(attributes: bool, tmp_path: Path) -> None:
    given = example.raw(10, attributes=attributes)
    found = read_tu_folder(example.folder(given, tmp_path))
    assert same(dense(tidied(found).graphs), dense(tidied(given).graphs))
    assert tu_name(tmp_path) == "SHAPES" and found.name == "shapes" and found.files > 100


@pytest.mark.parametrize(
    ("part", "change", "message"),
    [
        ("graph_labels", None, "SHAPES_graph_labels.txt is missing"),
        ("node_labels", lambda text: text + "0\n", "expected one of each for a node"),
        ("node_labels", lambda text: text.replace("1", "x"), "holds what is no number"),
        ("graph_labels", lambda text: text.replace("1", "0.5"), "numbers with a fraction, or of ten digits"),
        ("graph_indicator", lambda text: "9\n" + text.partition("\n")[2], "does not count graphs on from 1"),
        ("graph_indicator", lambda text: text + "900000000\n", "expected one of each|give every graph a label"),
        ("graph_labels", lambda text: "0\n", "has a node of graph 6, and SHAPES_graph_labels.txt has 1 lines"),
        ("A", lambda text: text + "1, 2, 3\n", "have 2 to 3 numbers"),
    ],
)
def test_faults_are_named_by_their_file(part: str, change, message: str, tmp_path: Path) -> None:
    file = example.folder(example.raw(6), tmp_path) / f"SHAPES_{part}.txt"
    if change is None:
        file.unlink()
    else:
        file.write_text(change(file.read_text()))
    with pytest.raises(DataError, match=message):
        read_tu_folder(tmp_path)


def test_another_folder_is_refused(tmp_path: Path) -> None:
    assert tu_name(tmp_path) is None
    with pytest.raises(DataError, match="give a folder of the TU collection"):
        read_tu_folder(tmp_path)
