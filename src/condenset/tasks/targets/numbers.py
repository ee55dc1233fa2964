"""What targets have in common whose rows are numbers: labels, learnt or not, are such rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.errors import RequestError
from condenset.core.metric import Metric
from condenset.core.spec import Leaf

R2 = Metric("r2", unit="score", bounds=(-float("inf"), 1.0))
RMSE = Metric("rmse", higher_is_better=False, unit="error", bounds=(0.0, float("inf")))
MAE = Metric("mae", higher_is_better=False, unit="error", bounds=(0.0, float("inf")))


def errors(
    predictions: Float[Tensor, "n outputs"], targets: Float[Tensor, "n outputs"], unit: float
) -> dict[str, float]:
    """R² over all numbers (1 is perfect, 0 is predicting the mean of the test targets), and errors in a unit."""
    error = predictions - targets
    squares = error.square()
    return {
        R2.name: (1 - squares.sum() / (targets - targets.mean(0)).square().sum()).item(),
        RMSE.name: unit * squares.mean().sqrt().item(),
        MAE.name: unit * error.abs().mean().item(),
    }


class Numbers(ABC):
    """Rows (n, outputs) float, standardised or counted up from nothing: the uninformed prediction is 0."""

    labels: ClassVar[tuple[str, ...]] = ("hard", "soft", "logits", "probabilities")
    offers: ClassVar[frozenset[str]] = frozenset()
    estimator: ClassVar[Literal["classifier", "regressor"]] = "regressor"
    uninformed: ClassVar[str] = "mean"
    simplex: ClassVar[bool] = False

    @property
    @abstractmethod
    def outputs(self) -> int:
        """Numbers of one example."""

    @property
    def output_spec(self) -> Leaf:
        """The numbers."""
        return Leaf((self.outputs,), meaning="scores")

    @property
    def hard_bytes(self) -> int:
        """Of a float32 row."""
        return 4 * self.outputs

    def matrix(self, targets: Float[Tensor, "n outputs"]) -> Float[Tensor, "n outputs"]:
        """Targets as they are, (n, outputs)."""
        return targets

    def centred(self, targets: Float[Tensor, "n outputs"]) -> Float[Tensor, "n outputs"]:
        """Targets as they are, (n, outputs): the uninformed prediction is 0."""
        return targets

    def hard(self, targets: Float[Tensor, "n outputs"]) -> Float[Tensor, "n outputs"]:
        """Targets as they are, (n, outputs)."""
        return targets

    def is_soft(self, targets: Tensor) -> bool:
        """Never: a learnt row has the form of any other."""
        return False

    def probabilities(self, targets: Tensor) -> Tensor:
        """Targets as they are, (n, outputs)."""
        return targets

    def believed(self, predictions: Float[Tensor, "n outputs"], temperature: float = 1.0) -> Float[Tensor, "n outputs"]:
        """Predictions as they are, (n, outputs), at any temperature."""
        return predictions

    def expect(self, targets: Tensor) -> None:
        """Raises `RequestError` for another shape and for whole numbers."""
        if not targets.is_floating_point() or targets.dim() != 2 or targets.shape[1] != self.outputs:
            raise RequestError(
                f"labels are {tuple(targets.shape)} {targets.dtype}: expected (n, {self.outputs}) numbers"
            )

    def weighted(self, targets: Float[Tensor, "n outputs"]) -> tuple[Tensor, Tensor, Float[Tensor, " n"]]:
        """A row for every example; (n,) where there is one number, else (n, outputs)."""
        rows = targets[:, 0] if self.outputs == 1 else targets
        return torch.arange(len(targets)), rows, torch.ones(len(targets), dtype=torch.float64)

    def predictions(self, estimator: Any, rows: Any) -> Float[Tensor, "n outputs"]:
        """Its numbers, (n, outputs)."""
        return torch.as_tensor(estimator.predict(rows)).float().reshape(len(rows), self.outputs)

    def columns(self, targets: Tensor) -> Mapping[str, Sequence[float]]:
        """None."""
        return {}
