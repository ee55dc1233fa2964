"""What an encoder makes of an example, which networks are pre-trained to make of it, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from jaxtyping import Float
from torch import Tensor

from condenset.core.metric import Metric
from condenset.tasks.targets.numbers import R2, RMSE, Numbers, errors

PROBE = Metric("probe", bounds=(0.0, 1.0))


@dataclass(frozen=True)
class Vectors(Numbers):
    """Vectors. Targets are (n, width) float: less the mean of the training vectors, all in one unit.

    Attributes:
        encoder: its name.
        width: numbers of a vector.
        unit: standard deviation of a number of the training vectors, over all of them.
        classes: that a linear probe tells apart where models are graded; 0: there are no labels.
    """

    encoder: str
    width: int
    unit: float
    classes: int = 0

    kind: ClassVar[str] = "vectors"
    offers: ClassVar[frozenset[str]] = frozenset({"vectors"})

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """How well vectors are predicted, and what a linear probe knows by the predictions."""
        return (R2, RMSE, PROBE) if self.classes else (R2, RMSE)

    @property
    def outputs(self) -> int:
        """Numbers of a vector."""
        return self.width

    def loss(self, outputs: Float[Tensor, "n width"], targets: Float[Tensor, "n width"]) -> Float[Tensor, " n"]:
        """Squared error per example, (n,), the mean over its numbers."""
        return (outputs - targets).square().mean(1)

    def grades(self, predictions: Float[Tensor, "n width"], targets: Float[Tensor, "n width"]) -> dict[str, float]:
        """R² over all numbers, and the error in the encoder's unit. What labels are needed for is the grader's."""
        found = errors(predictions, targets, self.unit)
        return {metric.name: found[metric.name] for metric in (R2, RMSE)}

    def describe(self) -> str:
        """Whose vectors, and how wide."""
        return f"vectors of {self.width} numbers by {self.encoder}"

    def content(self) -> str:
        """The encoder."""
        return f"with what {self.encoder} makes of them"

    def arrays(self) -> Mapping[str, Any]:
        """Their unit."""
        import numpy as np

        return {"target_unit": np.array(self.unit)}


TARGET = Vectors
