"""Whole graphs: a text, TU's folder, and a set of them."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz.subject import Subject, of_data, of_set, saved
from tests.tasks.graphs import example as graphs


def _graphs_text() -> None:
    Path("shapes.txt").write_text(graphs.text(graphs.raw(20)), encoding="utf8")


def _tu_folder() -> None:
    graphs.folder(graphs.raw(20), Path("tu"))


SUBJECTS: dict[str, Subject] = {
    "set of graphs": of_set(saved(_graphs_text, "shapes.txt"), exports=("npz", "pyg")),
    "text of graphs": of_data(_graphs_text, "shapes.txt", "shapes.txt"),
    "folder of graphs": of_data(_tu_folder, "tu", "tu/*"),
}
