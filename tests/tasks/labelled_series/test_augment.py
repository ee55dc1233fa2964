"""Views of series: what each does to a spectrum, records of one and of many, and names that are none."""

from __future__ import annotations

import pytest
import torch

from condenset.core.errors import RequestError, UnknownNameError
from condenset.core.ragged import Ragged
from condenset.core.rng import Rng
from condenset.tasks.labelled_series.augment import VIEWS, Drawn, Views
from tests.conftest import close
from tests.examples import normal

SERIES = normal(4, 2, 20, dtype=torch.float64)


def viewed(name: str, **fields: float) -> torch.Tensor:
    views = Views((name,), **fields)
    return views.apply(views.draw(4, Rng(0)), SERIES)


def test_raw_series_stay_as_they_are() -> None:
    assert torch.equal(viewed("raw"), SERIES)


def test_a_smoothed_series_has_the_lowest_frequencies_alone() -> None:
    before, after = torch.fft.rfft(SERIES), torch.fft.rfft(viewed("low-pass", kept=0.5))
    close(after[..., :6].abs(), before[..., :6].abs(), 1e-9)
    assert after[..., 6:].abs().max() < 1e-9


def test_phases_and_magnitudes_are_disturbed_apart_and_the_mean_stays() -> None:
    before = torch.fft.rfft(SERIES)
    turned, stretched = (torch.fft.rfft(viewed(name)) for name in ("phase", "magnitude"))
    inner = slice(1, 10)  # the last of an even number of steps has no phase
    close(turned[..., inner].abs(), before[..., inner].abs(), 1e-6)
    assert (turned[..., inner].angle() - before[..., inner].angle()).abs().max() > 0.1
    assert (stretched / before)[..., inner].imag.abs().max() < 1e-9
    assert (stretched[..., inner].abs() - before[..., inner].abs()).abs().max() > 0.1
    for found in (turned, stretched):
        close(found[..., 0].real, before[..., 0].real, 1e-9)


def test_examples_get_views_of_their_own_and_a_record_of_one_is_shared() -> None:
    views = Views()
    record = Drawn(torch.tensor([0, 1, 0, 1]), views.draw(4, Rng(0)).noise)
    found = views.apply(record, SERIES)
    assert torch.equal(found[[0, 2]], SERIES[[0, 2]]) and not torch.equal(found[1], SERIES[1])
    shared = views.draw(1, Rng(3))
    close(views.apply(shared, SERIES)[2:3], views.apply(shared, SERIES[2:3]), 1e-12)
    assert set(views.draw(200, Rng(0)).view.tolist()) == set(range(len(VIEWS)))


def test_ragged_series_keep_their_ends_and_gradients_flow() -> None:
    series = Ragged(torch.zeros(2, 1, 10), torch.tensor([10, 4])).changed(normal(2, 1, 10).requires_grad_())
    found = Views(("phase",)).apply(Views(("phase",)).draw(2, Rng(0)), series)
    assert found.values[1, 0, 4:].abs().max() == 0 and found.lengths.tolist() == [10, 4]
    assert found.values.requires_grad


def test_views_by_name() -> None:
    assert Views().without("raw").strategy == VIEWS[1:] and Views().changed(kept=0.2).kept == 0.2
    assert not Views().mirrors
    with pytest.raises(UnknownNameError, match="low-pass"):
        Views(("low-pas",))
    with pytest.raises(RequestError, match="at least one"):
        Views(("raw",)).without("raw")
    with pytest.raises(RequestError, match="3 draws for 4 series"):
        Views().apply(Views().draw(3, Rng(0)), SERIES)
