"""What comes next in a series: some steps of every channel, in the unit of the scaled series."""

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
class Forecast:
    """The next steps. Targets are (n, horizon x channels) float, step after step, scaled as the inputs are.

    Attributes:
        horizon: steps.
        channels: names.
        mean, std: of every channel's training part, in its own unit.
    """

    horizon: int
    channels: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    kind: ClassVar[str] = "forecast"
    metrics: ClassVar[tuple[Metric, ...]] = (
        Metric("mse", higher_is_better=False, unit="error", bounds=(0.0, float("inf"))),
        Metric("mae", higher_is_better=False, unit="error", bounds=(0.0, float("inf"))),
    )
    labels: ClassVar[tuple[str, ...]] = ("hard", "soft", "logits", "probabilities", "decoded")
    offers: ClassVar[frozenset[str]] = frozenset({"forecast"})
    estimator: ClassVar[Literal["classifier", "regressor"]] = "regressor"
    simplex: ClassVar[bool] = False

    @property
    def output_spec(self) -> Leaf:
        """The numbers, step after step."""
        return Leaf((self.outputs,), meaning="scores")

    @property
    def outputs(self) -> int:
        """Steps times channels."""
        return self.horizon * len(self.channels)

    @property
    def hard_bytes(self) -> int:
        """Of float32 numbers."""
        return 4 * self.outputs

    def loss(self, outputs: Float[Tensor, "n outputs"], targets: Float[Tensor, "n outputs"]) -> Float[Tensor, " n"]:
        """Squared error per example, (n,), the mean over steps and channels."""
        return (outputs - targets).square().mean(1)

    def matrix(self, targets: Float[Tensor, "n outputs"]) -> Float[Tensor, "n outputs"]:
        """Targets as they are, (n, outputs)."""
        return targets

    def centred(self, targets: Float[Tensor, "n outputs"]) -> Float[Tensor, "n outputs"]:
        """Targets as they are, (n, outputs): the mean of a scaled series is 0."""
        return targets

    def hard(self, targets: Float[Tensor, "n outputs"]) -> Float[Tensor, "n outputs"]:
        """Targets as they are, (n, outputs)."""
        return targets

    def is_soft(self, targets: Tensor) -> bool:
        """Never: a learnt number has the form of any other."""
        return False

    def probabilities(self, targets: Tensor) -> Tensor:
        """Targets as they are, (n, outputs)."""
        return targets

    def expect(self, targets: Tensor) -> None:
        """Raises `RequestError` for another shape and for whole numbers."""
        if not targets.is_floating_point() or targets.dim() != 2 or targets.shape[1] != self.outputs:
            found = f"{tuple(targets.shape)} {targets.dtype}"
            raise RequestError(f"labels are {found}: expected (n, {self.outputs}) numbers, step after step")

    def weighted(self, targets: Float[Tensor, "n outputs"]) -> tuple[Tensor, Tensor, Float[Tensor, " n"]]:
        """A row (outputs,) for every example."""
        return torch.arange(len(targets)), targets, torch.ones(len(targets), dtype=torch.float64)

    def predictions(self, estimator: Any, rows: Any) -> Float[Tensor, "n outputs"]:
        """Its numbers, (n, outputs)."""
        return torch.as_tensor(estimator.predict(rows)).float().reshape(len(rows), self.outputs)

    def grades(self, predictions: Float[Tensor, "n outputs"], targets: Float[Tensor, "n outputs"]) -> dict[str, float]:
        """Mean squared and mean absolute error over windows, steps and channels, of the scaled series."""
        error = predictions - targets
        return {"mse": error.square().mean().item(), "mae": error.abs().mean().item()}

    def describe(self) -> str:
        """Steps and channels."""
        return f"the next {self.horizon} steps of {len(self.channels)} channels: {', '.join(self.channels)}"

    def content(self) -> str:
        """Steps and channels."""
        return f"that predict the next {self.horizon} steps of {', '.join(self.channels)}"

    def arrays(self) -> Mapping[str, Any]:
        """Horizon, and the channels with their scales."""
        import numpy as np

        return {
            "horizon": np.array(self.horizon),
            "channels": np.array(self.channels),
            "mean": np.array(self.mean),
            "std": np.array(self.std),
        }

    def columns(self, targets: Tensor) -> Mapping[str, Sequence[float]]:
        """None."""
        return {}


TARGET = Forecast
