"""A graph: NPZ, Planetoid's folder, and a set of its nodes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.fuzz.subject import Subject, of_data, of_set, saved
from tests.tasks.graph import example as graph
from tests.tasks.graph.test_planetoid import write_raw


def graph_npz() -> None:
    """Its arrays as `graph.npz`."""
    np.savez("graph.npz", **graph.arrays())


def _planetoid() -> None:
    write_raw(Path("net"))


SUBJECTS: dict[str, Subject] = {
    "set of nodes": of_set(saved(graph_npz, "graph.npz"), exports=("npz", "pyg")),
    "npz of a graph": of_data(graph_npz, "graph.npz", "graph.npz"),
    "planetoid": of_data(_planetoid, "net", "net/*"),
}
