"""Opens labelled graphs as a task: a known name, a file or folder of the TU collection, or a list in memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from condenset.core.errors import CondensetError
from condenset.core.untrusted_file import is_regular, open_regular
from condenset.tasks.graphs.assembly import assemble
from condenset.tasks.graphs.data_list import graphs_of
from condenset.tasks.graphs.datasets import known, known_file
from condenset.tasks.graphs.raw import RawGraphs, tidied
from condenset.tasks.graphs.text_file import looks_like_graphs, read_text_file
from condenset.tasks.graphs.tu_folder import read_tu_folder, tu_name
from condenset.tasks.labelled.assembly import Asked
from condenset.tasks.missing import not_there
from condenset.tasks.task import Task

_HEAD = 2**14  # bytes of a file that tell


def open_graphs(source: str | Path, *, seed: int = 0, test_fraction: float = 0.1) -> Task:
    """Graphs to sort into classes, as a task.

    Args:
        source: a known name ("mutag", "proteins"); a text file of graphs, as `text_file` describes it; or a folder of
            the TU collection, as `tu_folder` does.
        seed: of the random split, the same share of every class in each part; there is no other.
        test_fraction: share of the graphs that are held out, above 0 and below 0.5; as many again choose settings.
    Raises `DataError` for unusable data, `UnknownNameError` and `RequestError` for the rest.
    """
    arguments = {"source": str(source), "seed": seed, "test_fraction": test_fraction}
    return assemble(tidied(_read(str(source))), Asked(seed, test_fraction, arguments))


def graphs_from_list(thing: Sequence[Any], *, seed: int = 0, test_fraction: float = 0.1, name: str = "graphs") -> Task:
    """A task from PyG `Data` objects with edge_index (2, edges), y (1,) and perhaps x (nodes, features).

    Rows of x that are one-hot are tags; without x nodes are told by their degree. The task's source is empty, since
    only the objects can open it again. Args: name, of the task; the rest as for `open_graphs`.
    """
    return assemble(tidied(graphs_of(thing, name)), Asked(seed, test_fraction))


def recognise(path: Path) -> bool:
    """Whether a path is a text file of graphs, or a folder of the TU collection."""
    try:
        if path.is_dir():
            return tu_name(path) is not None
        if path.suffix.lower() != ".txt" or not is_regular(path):
            return False
        with open_regular(path) as file:
            return looks_like_graphs(file.read(_HEAD).decode("utf-8", "replace"))
    except (OSError, ValueError, CondensetError):
        return False


def _read(source: str) -> RawGraphs:
    if source in known():
        return read_text_file(known_file(source))
    path = Path(source)
    if path.is_dir():
        return read_tu_folder(path)
    if path.exists():
        return read_text_file(path)
    raise not_there("graphs", source, known())
