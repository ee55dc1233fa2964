"""Windows of a series: what a forecast reads and what follows, cut at every step, and the stretches they came from."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.batch import Batch


def windows_of(
    series: Float[Tensor, "rows channels"], lookback: int, horizon: int
) -> tuple[Float[Tensor, "windows lookback channels"], Float[Tensor, "windows outputs"]]:
    """Inputs and flattened targets of all windows, one a row later than the other.

    They are views of the series: however long it is, windows take no memory of their own.
    """
    channels = series.shape[1]
    flat = series.contiguous().flatten()
    windows = len(series) - lookback - horizon + 1
    inputs = flat.unfold(0, lookback * channels, channels)[:windows]
    targets = flat[lookback * channels :].unfold(0, horizon * channels, channels)
    return inputs.unflatten(1, (lookback, channels)), targets


def batch_of(series: Float[Tensor, "rows channels"], lookback: int, horizon: int) -> Batch:
    """All windows of a series, in its order."""
    inputs, targets = windows_of(series, lookback, horizon)
    return Batch(inputs, targets, torch.zeros(len(inputs), dtype=torch.int64), torch.ones(len(inputs)))


def stitched(inputs: Float[Tensor, "windows lookback channels"]) -> Float[Tensor, "rows channels"]:
    """The rows that windows cover of which each is one row later than the one before."""
    return torch.cat([inputs[0], inputs[1:, -1]])


def blended(
    series: Float[Tensor, "rows channels"],
    targets: Float[Tensor, "windows outputs"],
    lookback: int,
    share: float,
    stride: int = 1,
) -> Float[Tensor, "rows channels"]:
    """The series after what follows each window has moved a share of the way to given targets, window after window.

    The label update of CondTSF (Ding et al., CondTSF: One-line Plugin of Dataset Condensation for Time Series
    Forecasting, NeurIPS 2024, arXiv 2406.02131): rows that several windows forecast move as often, the last one last.

    Args: targets, one for each window, of windows that begin `stride` rows apart.
    """
    for number, target in enumerate(targets.unflatten(1, (-1, series.shape[1]))):
        first = lookback + number * stride
        last = first + len(target)
        series = torch.cat([series[:first], torch.lerp(series[first:last], target, share), series[last:]])
    return series


def follow(inputs: Float[Tensor, "windows lookback channels"]) -> Tensor:
    """Whether each window but the first is one row later than the one before, (windows - 1,) bool."""
    return (inputs[1:, :-1] == inputs[:-1, 1:]).flatten(1).all(1)


def stretches(batch: Batch) -> list[Float[Tensor, "rows channels"]]:
    """The series that windows were cut from: one for all windows that follow one another, in the batch's order.

    Windows of lookback and horizon, cut from these at every step, are the windows of the batch.
    """
    whole = torch.cat([batch.inputs, batch.targets.unflatten(1, (-1, batch.inputs.shape[2]))], 1)
    return [stitched(part) for part in whole.tensor_split(_breaks(whole).cpu())]


def _breaks(whole: Float[Tensor, "windows steps channels"]) -> Int[Tensor, " breaks"]:
    """Where a window does not follow the one before. Decoded in parts, the same numbers may differ in the last bit."""
    apart = (whole[1:, :-1] - whole[:-1, 1:]).abs().flatten(1).amax(1)
    return (apart > 1e-5 * whole.abs().max()).nonzero().flatten() + 1
