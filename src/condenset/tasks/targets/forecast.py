"""What comes next in a series: some steps of every channel, in the unit of the scaled series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from jaxtyping import Float
from torch import Tensor

from condenset.core.metric import Metric
from condenset.tasks.targets.numbers import MAE, Numbers


@dataclass(frozen=True)
class Forecast(Numbers):
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
        MAE,
    )
    labels: ClassVar[tuple[str, ...]] = ("hard", "soft", "logits", "probabilities", "decoded")
    offers: ClassVar[frozenset[str]] = frozenset({"forecast"})

    @property
    def outputs(self) -> int:
        """Steps times channels."""
        return self.horizon * len(self.channels)

    def loss(self, outputs: Float[Tensor, "n outputs"], targets: Float[Tensor, "n outputs"]) -> Float[Tensor, " n"]:
        """Squared error per example, (n,), the mean over steps and channels."""
        return (outputs - targets).square().mean(1)

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


TARGET = Forecast
