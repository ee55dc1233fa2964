"""Graphs for other tools: arrays, PyTorch Geometric, and a table of their sizes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from condenset.core.batch import Inputs
from condenset.tasks.exporting import Exported, target_columns, write_npz


def write_arrays(exported: Exported, out: Path) -> None:
    """Those of `arrays_of`, y, groups, and what y means."""
    write_npz(exported, out, arrays_of)


def data_of(exported: Exported) -> list[Any]:
    """The graphs, each as a PyG `Data`."""
    from torch_geometric.data import Data

    batch = exported.batch
    singles = [batch.inputs.take(torch.tensor([number])) for number in range(len(batch))]
    return [
        Data(x=one.features, edge_index=one.edges, edge_weight=one.weights, y=batch.targets[number : number + 1])
        for number, one in enumerate(singles)
    ]


def table(exported: Exported) -> pd.DataFrame:
    """A row for every graph: its nodes, its edges, the sums of its nodes' features x0, x1, ... and its class."""
    graphs = exported.batch.inputs
    sums = graphs.pooled(graphs.features).numpy()
    links = graphs.pooled(graphs.spread(torch.ones_like(graphs.features[:, :1])))[:, 0].numpy() / 2
    columns: dict[str, Any] = {"nodes": graphs.sizes.numpy(), "edges": links}
    columns |= {f"x{index}": sums[:, index] for index in range(sums.shape[1])}
    return pd.DataFrame(columns | target_columns(exported))


def arrays_of(graphs: Inputs) -> dict[str, np.ndarray]:
    """Of all graphs "x" (nodes, features), "edge_index" (2, edges), "edge_weight" (edges,), and "sizes" (graphs,)."""
    return {
        "x": graphs.features.numpy(),
        "edge_index": graphs.edges.numpy(),
        "edge_weight": graphs.weights.numpy(),
        "sizes": graphs.sizes.numpy(),
    }
