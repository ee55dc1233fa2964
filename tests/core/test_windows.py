"""Windows and the stretches that they are cut from."""

from __future__ import annotations

import torch

from condenset.core.batch import concatenate
from condenset.core.rng import Rng
from condenset.core.windows import batch_of, blended, stretches, windows_of
from condenset.nets.dlinear import moving_average
from tests.conftest import close, golden


def test_windows_of_the_released_code() -> None:
    known = golden("modalities/series_text_multimodal_condtsf_step")
    inputs, targets = windows_of(known["in_series"][:, 0].T, 24, 24)
    every = slice(None, None, int(known["in_step"]))
    close(inputs[every].transpose(1, 2), known["out_X"], 1e-12)
    close(targets[every].unflatten(1, (24, 3)).transpose(1, 2), known["out_Y"], 1e-12)


def test_the_label_update_of_the_released_code() -> None:
    known = golden("modalities/series_text_multimodal_condtsf_step")
    series, stride = known["in_series"][:, 0].T, int(known["in_step"])
    windows, _ = windows_of(series, 24, 24)
    trend = moving_average(24, 25).double() @ windows[::stride]
    forecasts = (known["in_Ws"] @ (windows[::stride] - trend) + known["in_bs"][:, None]) + (
        known["in_Wt"] @ trend + known["in_bt"][:, None]
    )
    moved = blended(series, forecasts.flatten(1), 24, float(known["in_beta"]), stride)
    close(moved.T[:, None], known["out_series_new"], 1e-9)


def test_rows_that_several_windows_forecast_move_as_often() -> None:
    """Six rows, windows of two and two: the fourth row is 0 + (8 - 0) / 2 = 4, then 4 + (2 - 4) / 2 = 3."""
    series = torch.zeros(6, 1)
    moved = blended(series, torch.tensor([[4.0, 8.0], [2.0, 6.0]]), 2, 0.5)
    assert moved.flatten().tolist() == [0, 0, 2, 3, 3, 0] and not series.any()


def test_stretches_are_what_windows_were_cut_from() -> None:
    series = torch.randn(40, 2, generator=Rng(0).torch())
    batch = batch_of(series, 8, 4)
    (whole,) = stretches(batch)
    assert torch.equal(whole, series)
    parts = stretches(concatenate([batch.select(torch.arange(9, 20)), batch.select(torch.tensor([3]))]))
    assert [len(part) for part in parts] == [11 + 11, 12]
    assert torch.equal(parts[0], series[9:31]) and torch.equal(parts[1], series[3:15])
