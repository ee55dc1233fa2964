"""Infinite-AE: an autoencoder of infinite width, which is kernel ridge regression from users to their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch, Inputs
from condenset.core.float64 import brought, float64
from condenset.core.rng import Rng
from condenset.kernels.kernel import named_kernel
from condenset.kernels.ridge import ridge_solve
from condenset.learners.chosen import best_of
from condenset.learners.learner import Model, with_fields
from condenset.tasks.task import Task


@dataclass(frozen=True)
class InfiniteAE:
    """Sachdeva et al., Infinite Recommendation Networks, NeurIPS 2022, arXiv 2206.02626; by one hidden layer.

    Users count by their weights, see `ridge_solve`.

    Attributes:
        strength: of the ridge, times trace / users; None: the one of `strengths` that is best on validation data, else
            `otherwise`.
        kernel: its name, with fields.
    """

    most: ClassVar[int | None] = 5000  # the matrix of more users would not fit
    strengths: ClassVar[tuple[float, ...]] = (0.1, 1.0, 5.0, 20.0)
    otherwise: ClassVar[float] = 5.0

    strength: float | None = None
    kernel: str = "ntk"

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """A model (n, items) -> (n, items)."""
        kernel = named_kernel(self.kernel)
        support, labels = float64(train.inputs), float64(task.target.centred(train.targets))
        own = kernel(support, support)

        def fitted(strength: float) -> Model:
            coefficients = ridge_solve(own, labels, strength, train.weight)

            def predict(users: Inputs) -> Float[Tensor, "n items"]:
                return brought(kernel(float64(users), support) @ coefficients, train.weight.device)

            return predict

        strengths = self.strengths if self.strength is None else (self.strength,)
        return best_of(strengths, self.otherwise, fitted, task, rng)[1]


LEARNER = with_fields("infinite-ae", InfiniteAE)
