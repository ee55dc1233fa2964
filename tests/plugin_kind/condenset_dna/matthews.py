"""One of several classes, of which the most are neither: graded by Matthews' correlation, as splice sites are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor

from condenset.core.metric import Metric
from condenset.tasks.targets.classification import Classification


@dataclass(frozen=True)
class Matthews(Classification):
    """A class that Matthews' correlation ranks: what always guesses the largest has 0, however large that is."""

    kind: ClassVar[str] = "matthews"

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Matthews' correlation, from -1 to 1, before those of every classification."""
        return Metric("matthews", unit="score", bounds=(-1.0, 1.0)), *super().metrics

    def grades(self, predictions: Float[Tensor, "n classes"], targets: Tensor) -> dict[str, float]:
        """The same for predictions."""
        from sklearn.metrics import matthews_corrcoef

        found = matthews_corrcoef(self.hard(targets).cpu().numpy(), predictions.argmax(1).cpu().numpy())
        return {"matthews": float(found), **super().grades(predictions, targets)}


TARGET = Matthews
