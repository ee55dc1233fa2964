"""Ridge regression on the features of a random network, which stand for a kernel of infinite width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch, Inputs
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.kernels.random_features import feature_ridge_predict
from condenset.learners.learner import Model
from condenset.learners.training import Training
from condenset.nets.compiled import read_in_parts
from condenset.tasks.task import Task


@dataclass(frozen=True)
class FeatureRidgeRegression:
    """Closed form: K_ts (K_ss + r trace(K_ss)/n I)^-1 y, y (n, outputs) centred, K of the features of one network.

    Examples count by their weights, see `ridge_solve`.

    The defaults are those by which RFAD grades (Loo et al., NeurIPS 2022, arXiv 2210.12067), whose released code has
    the exact kernel in place of that of the features.

    Attributes:
        network: architecture with fields, None for the task's default; drawn anew for every fit.
        regulariser: r.
        scale, bias: the kernel is scale * a b' / width + bias for features a, b (width,).
        execution: on what device, with how many bits.
    """

    most: ClassVar[int | None] = None

    network: str | None = None
    regulariser: float = 5e-3
    scale: float = 2.0
    bias: float = 0.01
    execution: Execution = HERE

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """A model (n, ...) -> (n, outputs) without gradients."""
        network = task.network(self.network, rng.child("initial"))

        def features(inputs: Inputs) -> Float[Tensor, "n width"]:
            return read_in_parts(network, inputs, self.execution, lambda output: output.embedding)

        support, labels = features(train.inputs), task.target.centred(train.targets.detach())

        def predict(inputs: Inputs) -> Float[Tensor, "n outputs"]:
            how = self.regulariser, self.scale, self.bias
            return feature_ridge_predict(features(inputs), support, labels, *how, train.weight)

        return predict


def of_exam(given: str | None, training: Training, execution: Execution) -> FeatureRidgeRegression:
    """On the features of the architecture given, the task's own when None."""
    return FeatureRidgeRegression(given, execution=execution)


LEARNER = of_exam
