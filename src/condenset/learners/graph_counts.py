"""Logistic regression on what can be counted in a graph: its nodes, its edges, and its nodes of every kind.

What a graph network scores above this it owes to how the nodes are joined.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch, Inputs
from condenset.core.errors import RequestError
from condenset.core.execution import Execution
from condenset.core.graphs import Graphs
from condenset.core.rng import Rng
from condenset.learners.estimators import classifier_for, weighted_targets
from condenset.learners.learner import Model
from condenset.learners.training import Training
from condenset.tasks.task import Task


@dataclass(frozen=True)
class GraphCounts:
    """Counts are standardised by the set. Of soft labels (n, classes) each becomes one weighted row per class."""

    most: ClassVar[int | None] = None

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """Fit on graphs. Raises `RequestError` for other data."""
        owners, targets, weights = weighted_targets(train, task)
        estimator = _estimator(targets)
        estimator.fit(_counts(train.inputs)[owners], targets, last__sample_weight=weights)

        def predict(inputs: Inputs) -> Float[Tensor, "n outputs"]:
            return task.target.predictions(estimator, _counts(inputs)).to(task.device)

        return predict


def _counts(inputs: Inputs) -> Float[np.ndarray, "graphs d"]:
    """Sums of the nodes' features, numbers of nodes and edges."""
    graphs: Graphs = Graphs.expected(inputs, "learner 'graph-counts'")
    arriving = graphs.spread(torch.ones_like(graphs.features[:, :1]))
    parts = graphs.pooled(graphs.features), graphs.sizes[:, None], graphs.pooled(arriving) / 2
    return torch.cat([part.detach().cpu().double() for part in parts], 1).numpy()


def _estimator(targets: np.ndarray) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    last = classifier_for(targets, partial(LogisticRegression, max_iter=2000))
    return Pipeline([("scale", StandardScaler()), ("last", last)])


def of_exam(given: str | None, training: Training, execution: Execution) -> GraphCounts:
    """Without fields. Raises `RequestError` for one."""
    if given:
        raise RequestError(f"learner 'graph-counts' takes no fields, got {given!r}")
    return GraphCounts()


LEARNER = of_exam
