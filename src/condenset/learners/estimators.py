"""Scikit-learn estimators as learners, for tables and any inputs that flatten to rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from inspect import signature
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch, Inputs
from condenset.core.errors import RequestError
from condenset.core.execution import Execution
from condenset.core.fields import split_name
from condenset.core.rng import Rng
from condenset.learners.learner import Model
from condenset.learners.training import Training
from condenset.tasks.task import Task


def classifier_for(targets: np.ndarray, make: Callable[[], Any]) -> Any:
    """The classifier that is made; of targets (rows,) of one class, from which it would refuse to learn, a constant."""
    from sklearn.dummy import DummyClassifier

    return DummyClassifier() if len(np.unique(targets)) == 1 else make()


@dataclass(frozen=True)
class Estimator:
    """A scikit-learn estimator; of soft labels (n, classes) each becomes one weighted row per class.

    Attributes:
        name: of the estimator.
        make: `(kind, seed, **fields) -> estimator`, kind being "classifier" or "regressor".
        fields: of its own.
    """

    most: ClassVar[int | None] = None

    name: str
    make: Callable[..., Any] = field(repr=False)
    fields: Mapping[str, Any] = field(default_factory=dict)

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """Fit on rows (n, width)."""
        kind = task.target.estimator
        rows, targets, weight = _rows(train, task)
        make = partial(self.make, kind, rng.integer() % 2**31, **self.fields)
        estimator = classifier_for(targets, make) if kind == "classifier" else make()
        estimator.fit(rows, targets, sample_weight=weight)

        def predict(inputs: Inputs) -> Float[Tensor, "n outputs"]:
            return task.target.predictions(estimator, represented(inputs, task)).to(task.device)

        return predict


def of_estimator(name: str, make: Callable[..., Any]) -> Callable[..., Estimator]:
    """What makes the learner for an exam."""

    def of_exam(given: str | None, training: Training, execution: Execution) -> Estimator:
        _, fields = split_name(f"{name}:{given or ''}")
        known = list(signature(make).parameters)[2:]
        if unknown := sorted(fields.keys() - set(known)):
            raise RequestError(f"learner {name!r} has no field {unknown[0]!r}: it has {', '.join(known) or 'none'}")
        return Estimator(name, make, fields)

    return of_exam


def represented(inputs: Inputs, task: Task) -> np.ndarray:
    """What estimators read of inputs (n, ...): a row of numbers for each, (n, width) float64."""
    return task.modality.represent(inputs).detach().cpu().double().numpy()


def _rows(train: Batch, task: Task) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    owners, targets, weights = weighted_targets(train, task)
    return represented(train.inputs, task)[owners], targets, weights


def weighted_targets(train: Batch, task: Task) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of every row that an estimator reads the example, the target and the weight, (rows,) each.

    Soft labels are a row for each class; examples without weight are none, since a forest would draw them, too.
    """
    train = train.detach().to("cpu")
    owners, targets, weights = task.target.weighted(train.targets)
    examples = train.weight[owners] > 0
    owners = owners[examples]
    return owners.numpy(), targets[examples].numpy(), (weights[examples] * train.weight.double()[owners]).numpy()
