"""A number, or several at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from jaxtyping import Float
from torch import Tensor

from condenset.core.metric import Metric
from condenset.tasks.targets.numbers import MAE, R2, RMSE, Numbers, errors


@dataclass(frozen=True)
class Regression(Numbers):
    """Numbers. Targets are (n, width) float, standardised by the training data.

    Attributes:
        name: the target's name.
        mean, std: of the training targets, in the target's unit.
        width: numbers of one example.
    """

    name: str
    mean: float
    std: float
    width: int = 1

    kind: ClassVar[str] = "regression"
    metrics: ClassVar[tuple[Metric, ...]] = R2, RMSE, MAE

    @property
    def outputs(self) -> int:
        """Numbers of one example."""
        return self.width

    def loss(self, outputs: Float[Tensor, "n width"], targets: Float[Tensor, "n width"]) -> Float[Tensor, " n"]:
        """Squared error per example, (n,), summed over its numbers."""
        return (outputs - targets).square().sum(1)

    def grades(self, predictions: Float[Tensor, "n width"], targets: Float[Tensor, "n width"]) -> dict[str, float]:
        """R² (1 is perfect, 0 is predicting the mean of the test targets), and errors in the target's unit."""
        return errors(predictions, targets, self.std)

    def describe(self) -> str:
        """Its name and scale."""
        return f"the number {self.name!r}, mean {self.mean:.4g}, standard deviation {self.std:.4g}"

    def content(self) -> str:
        """Its name."""
        return f"that predict {self.name}"

    def arrays(self) -> Mapping[str, Any]:
        """Its scale."""
        import numpy as np

        return {"target_mean": np.array(self.mean), "target_std": np.array(self.std)}


TARGET = Regression
