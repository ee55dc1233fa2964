"""DLinear (Zeng et al., AAAI 2023, arXiv 2205.13504): a linear map of a series' trend and one of what remains."""

from __future__ import annotations

from functools import lru_cache

import torch
from jaxtyping import Float
from torch import Tensor, nn

from condenset.core.errors import RequestError
from condenset.core.spec import Leaf
from condenset.nets.network import Architecture, Output


class DLinear(nn.Module):
    """The trend is a moving average, with the ends repeated; all channels share both maps."""

    def __init__(self, lookback: int, horizon: int, average: int = 25) -> None:
        """Args: steps that are read and forecast; average, steps of the moving average, an odd number."""
        super().__init__()
        self.average = average
        self.seasonal = nn.Linear(lookback, horizon)
        self.trend = nn.Linear(lookback, horizon)

    def forward(self, inputs: Float[Tensor, "n lookback channels"]) -> Output:
        """Forecasts (n, horizon x channels), step after step; the embedding is what remains and the trend."""
        series = inputs.transpose(1, 2)
        trend = series @ moving_average(inputs.shape[1], self.average).to(series).T
        rest = series - trend
        forecast = self.seasonal(rest) + self.trend(trend)
        return Output(forecast.transpose(1, 2).flatten(1), torch.cat([rest, trend], 2).flatten(1))


@lru_cache(maxsize=16)
def moving_average(steps: int, width: int) -> Float[Tensor, "steps steps"]:
    """The matrix of a centred moving average over `width` steps, the first and the last step repeated at the ends."""
    taps = torch.arange(steps)[:, None] + torch.arange(width) - width // 2
    return nn.functional.one_hot(taps.clamp(0, steps - 1), steps).float().mean(1)


def dlinear(inputs: Leaf, outputs: Leaf, average: int = 25) -> nn.Module:
    """Built from specs. Raises `RequestError` for an average of an even number of steps, or of none."""
    if average < 1 or average % 2 == 0:
        raise RequestError(f"average={average} steps have no middle: choose an odd number such as 25")
    lookback, channels = inputs.shape
    return DLinear(lookback, outputs.size // channels, average)


ARCHITECTURE = Architecture(build=dlinear, reads=("sequence",))
