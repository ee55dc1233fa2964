"""Graphs for other tools: arrays, and PyTorch Geometric."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from condenset.core.batch import Inputs
from condenset.core.propagation import recover_adjacency
from condenset.tasks.exporting import Exported, target_columns, write_npz


def write_arrays(exported: Exported, out: Path) -> None:
    """Arrays x (n, features), edge_index (2, edges) int64 and edge_weight (edges,), y, groups, and what y means."""
    write_npz(exported, out, arrays_of)


def data_of(exported: Exported) -> Any:
    """The graph as a PyG `Data`."""
    from torch_geometric.data import Data

    arrays = {name: torch.from_numpy(array) for name, array in arrays_of(exported.batch.inputs).items()}
    return Data(y=exported.batch.targets, **arrays)


def table(exported: Exported) -> pd.DataFrame:
    """A row for every node: its features x0, x1, ... and its class. Edges are no column."""
    features = exported.batch.inputs.features.numpy()
    columns = {f"x{index}": features[:, index] for index in range(features.shape[1])}
    return pd.DataFrame(columns | target_columns(exported))


def arrays_of(graph: Inputs) -> dict[str, np.ndarray]:
    """Features "x" (nodes, features) of a graph, its edges "edge_index" (2, edges) and their "edge_weight" (edges,)."""
    adjacency = recover_adjacency(graph.propagation.to_dense())
    edges = adjacency.nonzero().T
    weights = adjacency[edges[0], edges[1]]
    return {"x": graph.features.numpy(), "edge_index": edges.numpy(), "edge_weight": weights.numpy()}
