"""A series by its lowest frequencies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from scipy.fft import dct, idct
from torch import Tensor

from condenset.codecs.series import Series, series_codec
from condenset.core.budget import Size
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.fields import split_name
from condenset.core.registries import CODECS
from condenset.core.rng import Rng
from condenset.distillation import begin
from condenset.recipe import budgeted
from condenset.starts.slice import slice as slice_of
from tests.tasks.series.example import series


def windows(first: int, count: int) -> Tensor:
    return series().train.select(torch.arange(first, first + count)).inputs


def test_as_many_points_as_steps_are_the_series() -> None:
    task = series()
    codec = Series.encode(windows(5, 30), task)
    real = task.train.select(torch.arange(5, 5 + 30 - 11))
    assert (codec.data.shape, codec.length) == ((30, 2), 30)
    assert torch.allclose(codec(), real.inputs, atol=1e-5) and torch.allclose(codec.targets(), real.targets, atol=1e-5)


def test_fewer_points_keep_its_lowest_frequencies() -> None:
    codec = Series.encode(windows(0, 20), series(), windows=4)
    steps = torch.cat([windows(0, 20)[0], windows(1, 19)[:, -1]])[:16].numpy()  # lookback and two horizons
    spectrum = dct(steps, axis=0, norm="ortho")
    spectrum[5:] = 0
    assert codec.data.shape == (5, 2)
    assert np.allclose(codec.series().detach(), idct(spectrum, axis=0, norm="ortho"), atol=1e-5)


def test_chosen_windows_are_those_of_all() -> None:
    codec, chosen = Series.encode(windows(0, 30), series()), torch.tensor([7, 0, 7])
    assert torch.equal(codec(chosen), codec()[chosen]) and torch.equal(codec.targets(chosen), codec.targets()[chosen])
    assert len(codec.origin()) == len(codec()) and codec.origin().bincount(minlength=30).max() <= 2


def test_inputs_and_targets_reach_the_points() -> None:
    codec = Series.encode(windows(0, 30), series())
    for part in (codec, codec.targets):
        (gradient,) = torch.autograd.grad(part().square().sum(), codec.data)
        assert gradient.abs().min() > 0


def test_a_step_in_points_is_as_long_in_the_series() -> None:
    codec = Series.encode(windows(0, 30), series())
    moved = Series(codec.data + torch.randn(30, 2, generator=Rng(0).torch()), 30, 8, 4)
    assert torch.allclose((moved.series() - codec.series()).norm(), (moved.data - codec.data).norm(), rtol=1e-5)


@pytest.mark.parametrize("points", [1, 2, 5, 30, 60])
def test_the_usual_codec_costs_a_number_for_each_point_and_channel(points: int) -> None:
    task = series()
    changes = {"codec": series_codec(task, points), "labels": "decoded", "start": "slice"}
    counts, recipe = budgeted("random", task, Size(bytes=8 * points), changes)
    synthetic = begin(task, recipe, counts, Rng(0))
    assert counts.tolist() == [points] and synthetic.nbytes().total == 8 * points
    assert synthetic.codec.length == max(points, 16)
    assert len(synthetic.decode()) == max(points, 16) - 11


def test_it_reads_back() -> None:
    codec = Series.encode(windows(0, 30), series())
    again = CODECS.get("series").restore(codec.fields(), codec.state_dict())
    assert torch.equal(again(), codec()) and torch.equal(again.targets(), codec.targets())


def test_examples_that_do_not_follow_one_another_are_refused() -> None:
    with pytest.raises(RequestError, match="do not follow one another: set start=slice"):
        Series.encode(series().train.draw(30, Rng(0)).inputs, series())
    with pytest.raises(RequestError, match="stores windows"):
        Series.encode(torch.zeros(3, 4), series())


@pytest.mark.parametrize("length", [None, 11, 31])
def test_a_length_that_windows_do_not_cover_is_refused(length: int | None) -> None:
    with pytest.raises(RequestError, match="set codec=series:windows="):
        Series.encode(windows(0, 3), series(), length=length)


@pytest.mark.parametrize(
    ("fields", "data"),
    [
        ({}, torch.zeros(4, 2)),
        ({"length": 11, "lookback": 8, "horizon": 4}, torch.zeros(4, 2)),
        ({"length": 12, "lookback": 8, "horizon": 4}, torch.zeros(13, 2)),
        ({"length": 12, "lookback": 8, "horizon": -4}, torch.zeros(4, 2)),
        ({"length": 12, "lookback": True, "horizon": 4}, torch.zeros(4, 2)),
        ({"length": 10**12, "lookback": 8, "horizon": 4}, torch.zeros(4, 2)),
        ({"length": 12, "lookback": 8, "horizon": 4}, torch.zeros(4)),
    ],
)
def test_what_does_not_fit_is_refused(fields: dict[str, Any], data: Tensor) -> None:
    with pytest.raises(ArtifactError):
        Series.restore(fields, {"data": data})


def test_too_many_points_for_the_data_are_refused() -> None:
    task = series()
    _, options = split_name(series_codec(task, 90))
    assert options == {"windows": 1}
    assert len(slice_of(task, torch.tensor([90]), Rng(0))) == 90


@pytest.mark.parametrize("points", [30, 15])
def test_targets_move_towards_given_ones(points: int) -> None:
    """All of the way, at windows that do not overlap: they are met, or as nearly as few points can."""
    codec = Series.encode(windows(0, 30), series(), windows=30 // points, length=30)
    before, wanted = codec.series().detach(), torch.ones(5, 8)
    after = codec.towards(wanted, 1.0, stride=4)
    expected = before.clone()
    expected[8:28] = 1
    kept = dct(expected.numpy(), axis=0, norm="ortho")
    kept[len(codec.data) :] = 0
    assert np.allclose(after.series().detach(), idct(kept, axis=0, norm="ortho"), atol=1e-5)
    assert torch.equal(codec.series(), before) and after.data.requires_grad
