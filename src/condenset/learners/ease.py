"""EASE: a linear model from a user's items to all items that gives no item to itself, in closed form and float64."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch, Inputs
from condenset.core.errors import RequestError
from condenset.core.float64 import brought, float64
from condenset.core.rng import Rng
from condenset.core.structure import as_rows
from condenset.learners.chosen import best_of
from condenset.learners.learner import Model, with_fields
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Ease:
    """Steck, Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019, arXiv 1905.03375.

    With learnt labels it is the same ridge regression, from inputs to labels, whose diagonal is 0.

    Attributes:
        strength: of the ridge; None: the one of `strengths` that is best on validation data, else `otherwise`.
    """

    most: ClassVar[int | None] = None
    strengths: ClassVar[tuple[float, ...]] = (1.0, 10.0, 100.0, 500.0)
    otherwise: ClassVar[float] = 100.0

    strength: float | None = None

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """A model (n, items) -> (n, items). Raises `RequestError` where inputs are no rows of what is predicted."""
        inputs, labels = float64(as_rows(train.inputs, "learner 'ease'")), float64(task.target.matrix(train.targets))
        if inputs.shape[1] != labels.shape[1]:
            raise RequestError(
                f"learner 'ease' predicts items from the same items: {task.name} has inputs of {inputs.shape[1]} "
                f"numbers and {labels.shape[1]} outputs"
            )
        weighted = inputs * float64(train.weight)[:, None]
        gram, cross = weighted.T @ inputs, weighted.T @ labels

        def fitted(strength: float) -> Model:
            item_item = ease_weights(gram, cross, strength)

            def predict(users: Inputs) -> Float[Tensor, "n items"]:
                return brought(float64(as_rows(users, "learner 'ease'")) @ item_item, train.weight.device)

            return predict

        strengths = self.strengths if self.strength is None else (self.strength,)
        return best_of(strengths, self.otherwise, fitted, task, rng)[1]


def ease_weights(
    gram: Float[Tensor, "items items"], cross: Float[Tensor, "items items"], strength: float
) -> Float[Tensor, "items items"]:
    """The B of zero diagonal that minimises |X B - Y|² + strength |B|², from X'X and X'Y."""
    ridge = strength * torch.eye(len(gram), dtype=gram.dtype, device=gram.device)
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(gram + ridge))
    free = inverse @ cross
    return (free - inverse * (free.diagonal() / inverse.diagonal())).fill_diagonal_(0)


LEARNER = with_fields("ease", Ease)
