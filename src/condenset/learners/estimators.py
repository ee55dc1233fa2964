"""Scikit-learn estimators as learners, for tables and any inputs that flatten to rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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


def represented(inputs: Inputs, task: Task) -> np.ndarray:
    """What estimators read of inputs (n, ...): a row of numbers for each, (n, width) float64."""
    return task.modality.represent(inputs).detach().cpu().double().numpy()


@dataclass(frozen=True)
class Estimator:
    """A scikit-learn estimator; of soft labels (n, classes) each becomes one weighted row per class.

    Attributes:
        name: of the estimator.
        make: `(kind, seed, **fields) -> estimator`, kind being "classifier" or "regressor"; of a pipeline the last step
            is told the weights.
        fields: of its own.
        read: `(inputs (n, ...), task) -> rows`, what it reads.
    """

    most: ClassVar[int | None] = None

    name: str
    make: Callable[..., Any] = field(repr=False)
    fields: Mapping[str, Any] = field(default_factory=dict)
    read: Callable[[Inputs, Task], np.ndarray] = field(default=represented, repr=False)

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """Fit on rows (n, width)."""
        owners, targets, weights = _weighted_targets(train, task)
        rows, estimator = self.read(train.inputs, task)[owners], self._made(targets, task, rng)
        last = f"{estimator.steps[-1][0]}__" if hasattr(estimator, "steps") else ""
        estimator.fit(rows, targets, **{f"{last}sample_weight": weights})

        def predict(inputs: Inputs) -> Float[Tensor, "n outputs"]:
            return task.target.predictions(estimator, self.read(inputs, task)).to(task.device)

        return predict

    def _made(self, targets: np.ndarray, task: Task, rng: Rng) -> Any:
        """It, or of targets of one class, from which a classifier would refuse to learn, a constant."""
        from sklearn.dummy import DummyClassifier

        kind = task.target.estimator
        if kind == "classifier" and len(np.unique(targets)) == 1:
            return DummyClassifier()
        return self.make(kind, rng.integer() % 2**31, **self.fields)


def of_estimator(name: str, make: Callable[..., Any]) -> Callable[..., Estimator]:
    """What makes the learner for an exam."""

    def of_exam(given: str | None, training: Training, execution: Execution) -> Estimator:
        _, fields = split_name(f"{name}:{given or ''}")
        known = list(signature(make).parameters)[2:]
        if unknown := sorted(fields.keys() - set(known)):
            raise RequestError(f"learner {name!r} has no field {unknown[0]!r}: it has {', '.join(known) or 'none'}")
        return Estimator(name, make, fields)

    return of_exam


def _weighted_targets(train: Batch, task: Task) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of every row that an estimator reads the example, the target and the weight, (rows,) each.

    Soft labels are a row for each class; examples without weight are none, since a forest would draw them, too.
    """
    train = train.detach().to("cpu")
    owners, targets, weights = task.target.weighted(train.targets)
    examples = train.weight[owners] > 0
    owners = owners[examples]
    return owners.numpy(), targets[examples].numpy(), (weights[examples] * train.weight.double()[owners]).numpy()
