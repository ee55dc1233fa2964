"""Linear forecasts by ridge regression in closed form, one map for all channels, in float64."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch, Inputs
from condenset.core.errors import RequestError
from condenset.core.execution import Execution
from condenset.core.fields import split_name
from condenset.core.float64 import brought, float64
from condenset.core.rng import Rng
from condenset.kernels.ridge import regularised
from condenset.learners.learner import Model
from condenset.learners.training import Training
from condenset.tasks.task import Task


@dataclass(frozen=True)
class ChannelRidgeRegression:
    """Every channel of every window is an example: lookback numbers and a 1, to horizon numbers.

    Attributes:
        regulariser: times the mean diagonal entry of the examples' Gram matrix, on that diagonal.
    """

    most: ClassVar[int | None] = None

    regulariser: float = 1e-2

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """A model (n, lookback, channels) -> (n, horizon x channels), differentiable in the set."""
        channels = train.inputs.shape[2]
        rows = _rows(float64(train.inputs))
        goals = float64(task.target.matrix(train.targets)).unflatten(1, (-1, channels)).transpose(1, 2).flatten(0, 1)
        weighted = rows * float64(train.weight).repeat_interleave(channels)[:, None]
        coefficients = torch.linalg.solve(regularised(weighted.T @ rows, self.regulariser), weighted.T @ goals)

        def predict(inputs: Inputs) -> Float[Tensor, "n outputs"]:
            found = _rows(float64(inputs)) @ coefficients
            return brought(found.unflatten(0, (-1, channels)).transpose(1, 2).flatten(1), train.weight.device)

        return predict


def _rows(inputs: Float[Tensor, "n lookback channels"]) -> Float[Tensor, "rows width"]:
    rows = inputs.transpose(1, 2).flatten(0, 1)
    return torch.cat([rows, rows.new_ones(len(rows), 1)], 1)


def of_exam(given: str | None, training: Training, execution: Execution) -> ChannelRidgeRegression:
    """With the fields given ("regulariser=0.1"). Raises `RequestError` for one that it does not have."""
    _, fields = split_name(f":{given or ''}")
    value = fields.pop("regulariser", ChannelRidgeRegression.regulariser)
    if fields or not isinstance(value, int | float):
        raise RequestError(f"learner 'channel-ridge' has one field, regulariser, a number: got {given!r}")
    return ChannelRidgeRegression(float(value))


LEARNER = of_exam
