"""Windows and the stretches that they are cut from."""

from __future__ import annotations

import torch

from condenset.core.batch import concatenate
from condenset.core.rng import Rng
from condenset.tasks.series.windows import batch_of, stretches, windows_of
from tests.conftest import close, golden


def test_windows_of_the_released_code() -> None:
    known = golden("modalities/series_text_multimodal_condtsf_step")
    inputs, targets = windows_of(known["in_series"][:, 0].T, 24, 24)
    every = slice(None, None, int(known["in_step"]))
    close(inputs[every].transpose(1, 2), known["out_X"], 1e-12)
    close(targets[every].unflatten(1, (24, 3)).transpose(1, 2), known["out_Y"], 1e-12)


def test_stretches_are_what_windows_were_cut_from() -> None:
    series = torch.randn(40, 2, generator=Rng(0).torch())
    batch = batch_of(series, 8, 4)
    (whole,) = stretches(batch)
    assert torch.equal(whole, series)
    parts = stretches(concatenate([batch.select(torch.arange(9, 20)), batch.select(torch.tensor([3]))]))
    assert [len(part) for part in parts] == [11 + 11, 12]
    assert torch.equal(parts[0], series[9:31]) and torch.equal(parts[1], series[3:15])
