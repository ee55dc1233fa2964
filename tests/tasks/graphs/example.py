"""Small graphs for tests: rings and stars, with tags that tell a little of the class, as arrays and as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import torch

from condenset.core.graphs import Graphs
from condenset.tasks.graphs.assembly import assemble
from condenset.tasks.graphs.raw import RawGraphs, tidied
from condenset.tasks.labelled.assembly import Asked
from condenset.tasks.task import Task

CLASSES = ("ring", "star")


def links(label: int, size: int) -> list[tuple[int, int]]:
    """Edges of a ring, or of a star around its first node, one direction each."""
    return [(node, (node + 1) % size) for node in range(size)] if label == 0 else [(0, node) for node in range(1, size)]


def raw(count: int = 60, seed: int = 0, attributes: bool = False) -> RawGraphs:
    """As many graphs of 4 to 8 nodes, the classes in turn, of 3 tags or of 2 numbers."""
    random = np.random.default_rng(seed)
    sizes, edges, tags, first = random.integers(4, 9, count), [], [], 0
    for number, size in enumerate(sizes.tolist()):
        label = number % 2
        edges += [(first + a, first + b) for a, b in links(label, size)]
        tags += random.choice(3, size, p=(0.6, 0.3, 0.1) if label == 0 else (0.4, 0.4, 0.2)).tolist()
        first += size
    labels = pd.Series([CLASSES[number % 2] for number in range(count)], name="label")
    numbers = random.normal(size=(first, 2)) + np.array(tags)[:, None] if attributes else None
    return RawGraphs("shapes", sizes, np.array(edges).T, labels, None if attributes else np.array(tags), numbers)


def task(count: int = 60, attributes: bool = False) -> Task:
    """The graphs as a task, a tenth held out and another to choose settings."""
    return assemble(tidied(raw(count, attributes=attributes)), Asked(0, 0.1, {}))


def of_matrices(features: torch.Tensor, adjacency: torch.Tensor) -> Graphs:
    """Graphs of features (n, nodes, d) and matrices (n, nodes, nodes), in which a row receives from its columns."""
    count, nodes, width = features.shape
    graph, target, source = (adjacency != 0).nonzero().T
    edges = torch.stack([graph * nodes + source, graph * nodes + target])
    sizes = torch.full((count,), nodes)
    return Graphs(features.reshape(count * nodes, width), edges, adjacency[graph, target, source], sizes)


def text(graphs: RawGraphs) -> str:
    """The graphs in the format of DGCNN, whose labels are whole numbers."""
    neighbours: list[list[int]] = [[] for _ in range(int(graphs.sizes.sum()))]
    for a, b in graphs.edges.T.tolist():
        neighbours[a].append(b)
        neighbours[b].append(a)
    lines, first = [str(len(graphs.sizes))], 0
    for size, label in zip(graphs.sizes.tolist(), graphs.labels, strict=True):
        lines.append(f"{size} {CLASSES.index(label)}")
        for node in range(first, first + size):
            own = [str(each - first) for each in neighbours[node]]
            lines.append(" ".join([str(graphs.tags[node]), str(len(own)), *own]))
        first += size
    return "\n".join(lines) + "\n"


def folder(graphs: RawGraphs, place: Path) -> Path:
    """The graphs as the TU collection keeps them."""
    place.mkdir(parents=True, exist_ok=True)
    both = np.concatenate([graphs.edges, graphs.edges[::-1]], 1).T + 1
    parts = {
        "A": [f"{a}, {b}" for a, b in both],
        "graph_indicator": np.repeat(np.arange(1, len(graphs.sizes) + 1), graphs.sizes),
        "graph_labels": [CLASSES.index(label) for label in graphs.labels],
    }
    if graphs.tags is not None:
        parts["node_labels"] = graphs.tags
    if graphs.attributes is not None:
        parts["node_attributes"] = [", ".join(map(str, row)) for row in graphs.attributes]
    for part, lines in parts.items():
        (place / f"SHAPES_{part}.txt").write_text("\n".join(map(str, lines)) + "\n", encoding="utf8")
    return place
