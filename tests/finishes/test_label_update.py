"""Targets of a series move towards what a teacher forecasts."""

from __future__ import annotations

import pytest
import torch

from condenset.assets.teachers import Teachers
from condenset.codecs.series import Series
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.finishes.label_update import LabelUpdate
from condenset.labels.decoded import Decoded
from condenset.synthetic import Contract, SyntheticSet
from tests.examples import set_of
from tests.tasks.series.example import series

TASK = series()


def begun() -> SyntheticSet:
    some = TASK.train.select(torch.arange(30))
    return SyntheticSet(Series.encode(some.inputs, TASK), Decoded(), some.groups, Contract("forecast"))


def label_error(synthetic: SyntheticSet) -> float:
    """Of targets and the closed form's forecasts, squared."""
    batch = synthetic.decode().detach()
    (model,) = Teachers(("channel-ridge",)).trained(TASK)
    return float((model(batch.inputs) - batch.targets).square().mean())


def test_every_update_lessens_the_error_of_the_labels() -> None:
    synthetic = begun()
    errors = [label_error(synthetic)]
    for _ in range(3):
        synthetic = LabelUpdate(share=0.05)(TASK, synthetic, Rng(0))
        errors.append(label_error(synthetic))
    assert errors == sorted(errors, reverse=True) and errors[-1] < 0.9 * errors[0]


def test_the_first_lookback_stays_and_what_follows_is_met_where_windows_do_not_overlap() -> None:
    before, batch = begun(), begun().decode().detach()
    after = LabelUpdate(share=1.0, stride=4)(TASK, before, Rng(0)).codec.series().detach()
    (model,) = Teachers(("channel-ridge",)).trained(TASK)
    forecasts = model(batch.inputs[::4]).float().unflatten(1, (4, 2)).flatten(0, 1)
    assert torch.allclose(after[:8], before.codec.series()[:8], atol=1e-5)
    assert torch.allclose(after[8 : 8 + len(forecasts)], forecasts, atol=1e-4)


def test_what_stores_no_series_and_impossible_numbers_are_refused() -> None:
    some = TASK.train.select(torch.arange(4))
    with pytest.raises(RequestError, match="stores no series whose targets could be moved"):
        LabelUpdate()(TASK, set_of(some.inputs, some.targets), Rng(0))
    for wrong in ({"share": 0.0}, {"share": 1.5}, {"stride": 0}):
        with pytest.raises(RequestError, match="expected a share above 0"):
            LabelUpdate(**wrong)
