"""Scikit-learn estimators as learners, for tables and any inputs that flatten to rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch, Inputs
from condenset.core.errors import UnknownNameError
from condenset.core.rng import Rng
from condenset.learners.learner import Model
from condenset.tasks.task import Task


def _linear(kind: str, seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression, Ridge

    return LogisticRegression(max_iter=2000) if kind == "classification" else Ridge()


def _forest(kind: str, seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    chosen = RandomForestClassifier if kind == "classification" else RandomForestRegressor
    return chosen(n_estimators=200, random_state=seed)


def _boosting(kind: str, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    chosen = HistGradientBoostingClassifier if kind == "classification" else HistGradientBoostingRegressor
    # The default of 20 rows per leaf makes it predict a constant on fewer than 40 rows.
    return chosen(max_iter=100, min_samples_leaf=2, early_stopping=False, random_state=seed)


def _constant() -> Any:
    from sklearn.dummy import DummyClassifier

    return DummyClassifier()  # the others refuse to learn from one class


ESTIMATORS: dict[str, Callable[[str, int], Any]] = {"logistic": _linear, "forest": _forest, "boosting": _boosting}


@dataclass(frozen=True)
class Estimator:
    """A scikit-learn estimator; of soft labels (n, classes) each becomes one weighted row per class.

    Attributes:
        name: "logistic" (ridge regression for a number), "forest" or "boosting".
    """

    name: str

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """Fit on rows (n, width). Raises `UnknownNameError`."""
        if self.name not in ESTIMATORS:
            raise UnknownNameError("estimator", self.name, ESTIMATORS)
        rows, targets, weight = _rows(train, task)
        lone = task.target.kind == "classification" and len(np.unique(targets)) == 1
        estimator = _constant() if lone else ESTIMATORS[self.name](task.target.kind, rng.integer() % 2**31)
        estimator.fit(rows, targets, sample_weight=weight)

        def predict(inputs: Inputs) -> Float[Tensor, "n outputs"]:
            query = _flat(inputs)
            if task.target.kind == "regression":
                return torch.from_numpy(np.asarray(estimator.predict(query))).float()[:, None].to(task.device)
            scores = np.zeros((len(query), task.target.outputs))
            scores[:, estimator.classes_.astype(int)] = estimator.predict_proba(query)
            return torch.from_numpy(scores).float().to(task.device)

        return predict


def _flat(inputs: Inputs) -> np.ndarray:
    rows = inputs if isinstance(inputs, Tensor) else inputs.hop(2)
    return rows.detach().flatten(1).cpu().double().numpy()


def _rows(train: Batch, task: Task) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows, train = _flat(train.inputs), train.to("cpu")
    weight = train.weight.double().numpy()
    if task.target.kind == "regression":
        return rows, train.targets[:, 0].detach().numpy(), weight
    if not train.targets.is_floating_point():
        return rows, train.targets.numpy(), weight
    soft = train.targets.detach().clamp(min=0).double().numpy()
    classes = soft.shape[1]
    repeated = np.repeat(rows, classes, axis=0)
    weights = (soft * weight[:, None]).ravel()
    kept = weights > 1e-6
    return repeated[kept], np.tile(np.arange(classes), len(rows))[kept], weights[kept]
