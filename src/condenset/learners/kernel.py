"""Kernel ridge regression on a set, in float64."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch, Inputs
from condenset.core.execution import Execution
from condenset.core.float64 import brought, float64
from condenset.core.rng import Rng
from condenset.kernels.kernel import named_kernel
from condenset.kernels.ridge import ridge_predict
from condenset.learners.learner import Model
from condenset.learners.training import Training
from condenset.tasks.task import Task


@dataclass(frozen=True)
class KernelRidgeRegression:
    """Closed form (Nguyen et al. 2021, arXiv 2011.00050): K_ts (K_ss + r trace(K_ss)/n I)^-1 y, y (n, outputs) centred.

    Examples count by their weights, see `ridge_solve`: the nodes of a graph whose labels are hidden do not.

    Attributes:
        kernel: its name, with fields; None for the task's default.
        regulariser: r; None for the task's default.
    """

    most: ClassVar[int | None] = 5000  # the matrix of a whole dataset would not fit

    kernel: str | None = None
    regulariser: float | None = None

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """A model (n, ...) -> (n, outputs), differentiable in the set."""
        kernel = named_kernel(self.kernel or task.modality.kernel)
        ridge = task.modality.regulariser if self.regulariser is None else self.regulariser
        support = float64(train.inputs)
        labels = float64(task.target.centred(train.targets))

        def predict(inputs: Inputs) -> Float[Tensor, "n outputs"]:
            k_ts, k_ss = kernel(float64(inputs), support), kernel(support, support)
            return brought(ridge_predict(k_ts, k_ss, labels, ridge, train.weight), train.weight.device)

        return predict


def of_exam(given: str | None, training: Training, execution: Execution) -> KernelRidgeRegression:
    """With the kernel given, the task's own when None."""
    return KernelRidgeRegression(given)


LEARNER = of_exam
