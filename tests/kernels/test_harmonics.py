"""Amplitudes of harmonics, beside NumPy's transform."""

from __future__ import annotations

import numpy as np
import torch

from condenset.core.rng import Rng
from condenset.kernels.harmonics import amplitudes, harmonic_distance


def pair(steps: int = 21) -> list[torch.Tensor]:
    return list(torch.randn(2, steps, 3, generator=Rng(0).torch()).double())


def test_the_distance_is_that_at_the_strongest_harmonics_of_each_channel() -> None:
    real, synthetic = pair()
    wanted, found = (np.abs(np.fft.rfft(part, axis=0)) / np.sqrt(21) for part in (real.numpy(), synthetic.numpy()))
    apart = [abs(found[k, c] - wanted[k, c]) for c in range(3) for k in np.argsort(-wanted[:, c])[:4]]
    np.testing.assert_allclose(harmonic_distance(real, synthetic, 4), np.mean(apart), rtol=1e-10)
    np.testing.assert_allclose(harmonic_distance(real, synthetic, 99), np.abs(found - wanted).mean(), rtol=1e-10)


def test_amplitudes_are_as_large_as_the_series_and_do_not_see_when_it_begins() -> None:
    series, _ = pair(20)
    found = amplitudes(series)
    twice = torch.full_like(found, 2.0)
    twice[[0, -1]] = 1.0
    torch.testing.assert_close((twice * found.square()).sum(0), series.square().sum(0))
    torch.testing.assert_close(amplitudes(series.roll(7, 0)), found)
    assert harmonic_distance(series, series.roll(3, 0), 5) < 1e-12
