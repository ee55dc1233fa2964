"""A series by its strongest harmonics."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from condenset.codecs.harmonics import Harmonics, strongest, waves
from condenset.codecs.series import series_codec
from condenset.core.budget import Size
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.registries import CODECS
from condenset.core.rng import Rng
from condenset.distillation import begin
from condenset.recipe import budgeted
from tests.tasks.series.example import series

FIELDS = {"length": 16, "lookback": 8, "horizon": 4}


def windows(first: int, count: int) -> Tensor:
    return series().train.select(torch.arange(first, first + count)).inputs


@pytest.mark.parametrize("length", [1, 2, 7, 12])
def test_waves_are_the_orthonormal_fourier_transform(length: int) -> None:
    found, values = waves(length).double(), np.random.default_rng(0).normal(size=length)
    assert torch.allclose(found @ found.T, torch.eye(length, dtype=torch.float64), atol=1e-6)
    spectrum = np.fft.rfft(values, norm="ortho")
    alone = np.isin(np.arange(len(spectrum)), [0] + [length // 2] * (length % 2 == 0))
    scale = np.where(alone, 1, math.sqrt(2))
    parts = np.stack([spectrum.real * scale, -spectrum.imag * scale], axis=1).flatten()
    kept = [0, *range(2, 1 + length)]  # the mean has no sine
    assert np.allclose(found.numpy() @ values, parts[kept], atol=1e-5)


def test_as_many_points_as_steps_are_the_series() -> None:
    codec, real = Harmonics.encode(windows(5, 30), series()), series().train.select(torch.arange(5, 24))
    assert (codec.data.shape, codec.length) == ((30, 2), 30)
    assert torch.allclose(codec(), real.inputs, atol=1e-5) and torch.allclose(codec.targets(), real.targets, atol=1e-5)


def test_the_strongest_harmonics_are_kept_with_both_waves() -> None:
    """Of a wave of period 8 and a weaker one of 5 in 40 steps: harmonics 5 and 8, rows 9, 10 and 15, 16."""
    time = torch.arange(40) * 2 * math.pi
    values = torch.stack([3 * torch.sin(time / 8 + 1), torch.cos(time / 5 + 2)], 1)
    assert strongest(waves(40) @ values, 4).tolist() == [9, 10, 15, 16]
    assert strongest(waves(40) @ values, 3).tolist() == [9, 10, 15]


def test_fewer_points_keep_the_nearest_series() -> None:
    codec = Harmonics.encode(windows(0, 20), series(), windows=4)
    steps = torch.cat([windows(0, 20)[0], windows(1, 19)[:, -1]])[:16]
    assert codec.data.shape == (5, 2) and len(codec()) == 16 - 11
    basis = waves(16)[codec.rows.long()]
    assert torch.allclose(codec.series(), basis.T @ (basis @ steps), atol=1e-5)
    lost = (steps - codec.series()).square().sum()
    lowest = waves(16)[:5]
    assert lost <= (steps - lowest.T @ (lowest @ steps)).square().sum() + 1e-4


@pytest.mark.parametrize("points", [2, 5, 30])
def test_a_point_costs_a_number_for_each_channel_and_its_place(points: int) -> None:
    changes = {"codec": series_codec(series(), points, "harmonics"), "labels": "decoded", "start": "slice"}
    counts, recipe = budgeted("random", series(), Size(bytes=10 * points), changes)
    synthetic = begin(series(), recipe, counts, Rng(0))
    assert counts.tolist() == [points] and synthetic.nbytes().total == 10 * points
    assert synthetic.codec.length == max(points, 16)


def test_it_reads_back() -> None:
    codec = Harmonics.encode(windows(0, 20), series(), windows=4)
    again = CODECS.get("harmonics").restore(codec.fields(), codec.state_dict())
    assert torch.equal(again(), codec()) and torch.equal(again.targets(), codec.targets())


@pytest.mark.parametrize(
    "rows",
    [torch.tensor([0, 1, 2]), torch.tensor([0, 1, 2, 16]), torch.tensor([0, 1, 2, -1]), torch.arange(4.0)],
    ids=["few", "beyond", "negative", "floating"],
)
def test_what_does_not_fit_is_refused(rows: Tensor) -> None:
    with pytest.raises(ArtifactError, match="'rows'"):
        Harmonics.restore(FIELDS, {"data": torch.zeros(4, 2), "rows": rows})


def test_examples_that_do_not_follow_one_another_are_refused() -> None:
    with pytest.raises(RequestError, match="codec harmonics stores one stretch"):
        Harmonics.encode(series().train.draw(30, Rng(0)).inputs, series())
