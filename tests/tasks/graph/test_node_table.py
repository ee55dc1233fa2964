"""Two tables as a graph: the same task as from arrays, and what is refused with table, column and value."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from condenset.core.errors import DataError
from condenset.tasks.catalogue import open_task
from condenset.tasks.graph.loading import open_graph
from condenset.tasks.graph.node_table import has_tables, read_tables
from tests.tasks.graph.example import arrays, task


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The example graph, whose nodes have names and whose classes are words."""
    given = arrays()
    names = [f"n{node}" for node in range(len(given["y"]))]
    nodes = pd.DataFrame(given["x"], columns=[f"word {k}" for k in range(4)])
    split = np.select([given["train_mask"], given["val_mask"]], ["train", "val"], "test")
    nodes = nodes.assign(id=names, label=["left" if y == 0 else "right" for y in given["y"]], split=split)
    source, target = ([names[node] for node in ends] for ends in given["edge_index"])
    return nodes, pd.DataFrame({"source": source, "target": target})


def written(folder: Path, nodes: pd.DataFrame, edges: pd.DataFrame) -> Path:
    """A folder of both."""
    nodes.to_csv(folder / "nodes.csv", index=False)
    edges.to_csv(folder / "edges.csv", index=False)
    return folder


def test_tables_give_the_same_task_as_arrays(tmp_path: Path) -> None:
    opened = open_graph(written(tmp_path, *tables()))
    assert opened.fingerprint == task().fingerprint
    assert opened.groups.names == ("left", "right")
    assert open_task(str(tmp_path)).modality.name == "graph"
    assert opened.validation is not None and opened.validation.examples().tolist() == [2, 8]
    assert opened.recognised.dropped == {}


def test_without_names_a_node_is_its_row_and_a_class_without_a_name_is_unknown(tmp_path: Path) -> None:
    nodes, edges = tables()
    rows = edges.apply(lambda column: column.str.removeprefix("n"))
    nodes.loc[11, ["label", "split"]] = ""
    opened = open_graph(written(tmp_path, nodes.drop(columns="id"), rows))
    assert opened.fingerprint == task().fingerprint
    assert opened.held_out().examples().tolist() == [3, 4, 5, 9, 10]


def test_numbers_as_classes_are_in_their_order(tmp_path: Path) -> None:
    nodes, edges = tables()
    nodes["label"] = ["10" if label == "left" else "9" for label in nodes["label"]]
    assert read_tables(written(tmp_path, nodes, edges)).classes == ("9", "10")


def test_loops_and_repeats_are_left_out_and_said(tmp_path: Path) -> None:
    nodes, edges = tables()
    more = pd.DataFrame({"source": ["n0", "n0", "n1"], "target": ["n0", "n1", "n0"]})
    opened = open_graph(written(tmp_path, nodes, pd.concat([edges, more])))
    assert opened.fingerprint == task().fingerprint
    assert opened.recognised.dropped == {
        "1 self-loops": "networks add one to every node",
        "1 edges": "given more than once",
    }


BAD = {
    "unknown node": (lambda nodes, edges: (nodes, edges.replace("n3", "m3")), r"row 4 of edges.csv has source 'm3'"),
    "twice": (lambda nodes, edges: (nodes.replace("n3", "n4"), edges), "'id' of nodes.csv has 'n4' twice"),
    "no class": (lambda nodes, edges: (nodes.drop(columns="label"), edges), "none is a class: name one 'label'"),
    "text": (lambda nodes, edges: (nodes.assign(color="red"), edges), "column 'color' of nodes.csv is 'red' in row 1"),
    "part": (lambda nodes, edges: (nodes.replace("test", "later"), edges), "'split' of nodes.csv says 'later'"),
    "ends": (lambda nodes, edges: (nodes, edges.rename(columns={"target": "to"})), "target missing"),
    "no features": (lambda nodes, edges: (nodes[["id", "label", "split"]], edges), "not empty"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_fit_is_named(name: str, tmp_path: Path) -> None:
    change, message = BAD[name]
    with pytest.raises(DataError, match=message):
        read_tables(written(tmp_path, *change(*tables())))


def test_one_table_is_no_graph(tmp_path: Path) -> None:
    written(tmp_path, *tables())
    assert has_tables(tmp_path)
    (tmp_path / "edges.csv").unlink()
    assert not has_tables(tmp_path)
