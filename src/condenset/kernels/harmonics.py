"""Harmonics of series: how strong they are, and how far two series differ in them."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor


def amplitudes(series: Float[Tensor, "steps channels"]) -> Float[Tensor, "harmonics channels"]:
    """Of the mean and of every harmonic, (steps // 2 + 1, channels), under the orthonormal transform."""
    return torch.fft.rfft(series, dim=0, norm="ortho").abs()


def harmonic_distance(
    real: Float[Tensor, "steps channels"], synthetic: Float[Tensor, "steps channels"], count: int
) -> Float[Tensor, ""]:
    """Mean difference of the amplitudes of two series at the `count` strongest harmonics of every channel of the real
    one (harmonic matching: Hong et al., Harmonic Dataset Distillation for Time Series Forecasting, AAAI 2026, arXiv
    2603.03760). Where there are fewer, all count."""
    wanted = amplitudes(real)
    strongest = wanted.topk(min(count, len(wanted)), dim=0)
    return (amplitudes(synthetic).gather(0, strongest.indices) - strongest.values).abs().mean()
