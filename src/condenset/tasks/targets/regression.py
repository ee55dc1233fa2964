"""A number, or several at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.errors import RequestError
from condenset.core.metric import Metric
from condenset.core.spec import Leaf


@dataclass(frozen=True)
class Regression:
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
    metrics: ClassVar[tuple[Metric, ...]] = (
        Metric("r2", unit="score", bounds=(-float("inf"), 1.0)),
        Metric("rmse", higher_is_better=False, unit="error", bounds=(0.0, float("inf"))),
        Metric("mae", higher_is_better=False, unit="error", bounds=(0.0, float("inf"))),
    )
    labels: ClassVar[tuple[str, ...]] = ("hard", "soft", "logits", "probabilities")
    offers: ClassVar[frozenset[str]] = frozenset()
    estimator: ClassVar[Literal["classifier", "regressor"]] = "regressor"
    simplex: ClassVar[bool] = False

    @property
    def output_spec(self) -> Leaf:
        """The numbers."""
        return Leaf((self.width,), meaning="scores")

    @property
    def outputs(self) -> int:
        """Numbers of one example."""
        return self.width

    @property
    def hard_bytes(self) -> int:
        """Of float32 numbers."""
        return 4 * self.width

    def loss(self, outputs: Float[Tensor, "n width"], targets: Float[Tensor, "n width"]) -> Float[Tensor, " n"]:
        """Squared error per example, (n,), summed over its numbers."""
        return (outputs - targets).square().sum(1)

    def matrix(self, targets: Float[Tensor, "n width"]) -> Float[Tensor, "n width"]:
        """Targets as they are, (n, width)."""
        return targets

    def centred(self, targets: Float[Tensor, "n width"]) -> Float[Tensor, "n width"]:
        """Targets as they are, (n, width); they are standardised, so the uninformed prediction is 0 already."""
        return targets

    def hard(self, targets: Float[Tensor, "n width"]) -> Float[Tensor, "n width"]:
        """Targets as they are, (n, width)."""
        return targets

    def is_soft(self, targets: Tensor) -> bool:
        """Never: learnt numbers (n, width) have the form of any others."""
        return False

    def probabilities(self, targets: Tensor) -> Tensor:
        """Targets as they are, (n, width)."""
        return targets

    def expect(self, targets: Tensor) -> None:
        """Raises `RequestError` for another shape and for whole numbers."""
        if not targets.is_floating_point() or targets.dim() != 2 or targets.shape[1] != self.width:
            raise RequestError(f"labels are {tuple(targets.shape)} {targets.dtype}: expected (n, {self.width}) numbers")

    def weighted(self, targets: Float[Tensor, "n width"]) -> tuple[Tensor, Tensor, Float[Tensor, " n"]]:
        """A row for every example; (n,) where there is one number, else (n, width)."""
        rows = targets[:, 0] if self.width == 1 else targets
        return torch.arange(len(targets)), rows, torch.ones(len(targets), dtype=torch.float64)

    def predictions(self, estimator: Any, rows: Any) -> Float[Tensor, "n width"]:
        """Its numbers, (n, width)."""
        return torch.as_tensor(estimator.predict(rows)).float().reshape(len(rows), self.width)

    def grades(self, predictions: Float[Tensor, "n width"], targets: Float[Tensor, "n width"]) -> dict[str, float]:
        """R² (1 is perfect, 0 is predicting the mean of the test targets), and errors in the target's unit."""
        error = predictions - targets
        residual = error.square().sum()
        return {
            "r2": (1 - residual / (targets - targets.mean(0)).square().sum()).item(),
            "rmse": self.std * error.square().mean().sqrt().item(),
            "mae": self.std * error.abs().mean().item(),
        }

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

    def columns(self, targets: Tensor) -> Mapping[str, Sequence[float]]:
        """None."""
        return {}


TARGET = Regression
