"""A small graph for tests: two communities of nodes, every node linked to its neighbours on a ring of its community."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
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


def task(**options: str) -> Task:
    """The task of this graph."""
    return graph_from_data(data(), **options)  # type: ignore[arg-type]
