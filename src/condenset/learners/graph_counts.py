"""Logistic regression on what can be counted in a graph: its nodes, its edges, and its nodes of every kind.

What a graph network scores above this it owes to how the nodes are joined.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from condenset.core.batch import Inputs
from condenset.core.graphs import Graphs
from condenset.learners.estimators import Estimator
from condenset.learners.learner import without_fields
from condenset.tasks.task import Task


def counts(inputs: Inputs, task: Task) -> Float[np.ndarray, "graphs d"]:
    """Sums of the nodes' features, numbers of nodes and edges. Raises `RequestError` for what are no graphs."""
    graphs: Graphs = Graphs.expected(inputs, "learner 'graph-counts'")
    arriving = graphs.spread(torch.ones_like(graphs.features[:, :1]))
    parts = graphs.pooled(graphs.features), graphs.sizes[:, None], graphs.pooled(arriving) / 2
    return torch.cat([part.detach().cpu().double() for part in parts], 1).numpy()


def standardised(kind: str, seed: int) -> Any:
    """Counts are standardised by the set."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    return Pipeline([("scale", StandardScaler()), ("last", LogisticRegression(max_iter=2000))])


LEARNER = without_fields("graph-counts", Estimator("graph-counts", standardised, read=counts))
