"""Graphs for tests: two small communities whose nodes are linked in a ring, and larger ones linked at random."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from condenset.tasks.graph.loading import graph_from_data
from condenset.tasks.task import Task

EACH = 6  # nodes per community


def arrays() -> dict[str, np.ndarray]:
    """What a user's NPZ holds: 12 nodes, 4 features, 12 undirected edges, 4 training nodes."""
    nodes = np.arange(2 * EACH)
    labels = nodes // EACH
    following = labels * EACH + (nodes % EACH + 1) % EACH
    features = np.random.default_rng(0).normal(size=(len(nodes), 4)).astype(np.float32)
    place = nodes % EACH
    masks = {"train_mask": place < 2, "val_mask": place == 2, "test_mask": place > 2}
    return {"x": features, "y": labels, "edge_index": np.stack([nodes, following]), **masks}


def data(**changes: object) -> SimpleNamespace:
    """The same with attributes of tensors, as a PyG `Data` has them; `name=None` leaves one out."""
    fields: dict[str, object] = {name: torch.from_numpy(value) for name, value in arrays().items()}
    return SimpleNamespace(**(fields | changes))


def pyg(**changes: object) -> object:
    """The same as a PyG `Data`; the test is left out where torch_geometric is not installed."""
    return pytest.importorskip("torch_geometric.data").Data(**vars(data(**changes)))


def task(**options: str) -> Task:
    """The task of this graph."""
    return graph_from_data(data(), **options)  # type: ignore[arg-type]


def communities(classes: int = 4, each: int = 60, features: int = 16, seed: int = 0) -> Task:
    """Nodes that are linked mostly within their class, by features that tell it badly; 8 of each class for training.

    Nodes of the classes come mixed, the first of the last class.
    """
    random = np.random.default_rng(seed)
    labels = np.concatenate([[classes - 1], random.permutation(np.repeat(np.arange(classes), each))])[:-1]
    rows = 0.6 * random.normal(size=(classes, features))[labels] + random.normal(size=(len(labels), features))
    chance = np.where(labels[:, None] == labels, 6 / each, 2 / len(labels))
    edges = np.stack(np.nonzero(np.triu(random.random(chance.shape) < chance, 1)))
    place = np.array([(labels[:node] == label).sum() for node, label in enumerate(labels)])
    masks = {"train_mask": place < 8, "val_mask": (place >= 8) & (place < 16), "test_mask": place >= 16}
    fields = {"x": rows.astype(np.float32), "y": labels, "edge_index": edges, **masks}
    made = SimpleNamespace(**{name: torch.from_numpy(value) for name, value in fields.items()})
    return graph_from_data(made, name="communities")
