"""Harmonics: one stretch of a time series by its strongest harmonics, as HDT keeps it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.codecs.restoring import expect_tensor
from condenset.codecs.series import Series, covered, restored
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.spec import Leaf
from condenset.tasks.task import Task

_LONGEST = torch.iinfo(torch.int16).max


class Harmonics(Series):
    """Stores numbers (points, channels) float32 of the real discrete Fourier transform, and which they are, (points,)
    int16: the mean, and a cosine and a sine of every harmonic that is strong in the series that it begins from (Hong et
    al., Harmonic Dataset Distillation for Time Series Forecasting, AAAI 2026, arXiv 2603.03760).

    The transform is orthonormal, and all channels keep the same harmonics. As many points as steps are the series
    itself in other axes. Labels are "decoded", as of `Series`.
    """

    rows: Tensor

    def __init__(
        self,
        data: Float[Tensor, "points channels"],
        rows: Int[Tensor, " points"],
        length: int,
        lookback: int,
        horizon: int,
    ) -> None:
        """Args: rows, of `waves(length)`; the rest as for `Series`."""
        super().__init__(data, length, lookback, horizon)
        self.register_buffer("rows", rows.to(torch.int16))

    def waves(self) -> Float[Tensor, "points length"]:
        """The cosines and sines that are kept, a row each."""
        return waves(self.length)[self.rows.long().cpu()]

    @staticmethod
    def item_bytes(inputs: Leaf, windows: int = 1, length: int | None = None) -> int:
        """Of a point, a number for every channel, and which it is."""
        return 4 * inputs.shape[-1] + 2

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, windows: int = 1, length: int | None = None) -> Harmonics:
        """Keep the strongest harmonics, summed over channels, of the series that consecutive windows cover.

        Of the weakest one that is kept there may be room for the cosine alone. Args and errors as for `Series`.
        """
        points, series, lookback, horizon = covered("harmonics", inputs, task, windows, length)
        if len(series) > _LONGEST:
            raise RequestError(f"a series of {len(series)} steps is too long for codec harmonics: take {_LONGEST}")
        spectrum = waves(len(series)).to(series) @ series
        rows = strongest(spectrum, points)
        return cls(spectrum[rows], rows, len(series), lookback, horizon)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Harmonics:
        """Rebuild from "data" (points, channels) and "rows" (points,). Raises `ArtifactError` where they do not fit."""
        data, *steps = restored(fields, tensors)
        rows = expect_tensor(tensors, "rows", 1, floating=False)
        if len(rows) != len(data) or int(rows.min()) < 0 or int(rows.max()) >= steps[0]:
            raise ArtifactError(
                f"tensor 'rows' {tuple(rows.shape)} does not say which of {steps[0]} waves {len(data)} points are"
            )
        return cls(data, rows, *steps)


def strongest(spectrum: Float[Tensor, "length channels"], count: int) -> Int[Tensor, " count"]:
    """The rows, ascending, of the harmonics that have most energy over all channels."""
    energy, harmonic = spectrum.square().sum(1), _harmonics(len(spectrum)).to(spectrum.device)
    together = torch.zeros_like(energy).index_add(0, harmonic, energy)
    return together[harmonic].argsort(descending=True, stable=True)[:count].sort().values


@lru_cache(maxsize=16)
def waves(length: int) -> Float[Tensor, "length length"]:
    """The orthonormal real Fourier transform, a wave a row: the mean, then cosine and sine of every harmonic."""
    harmonic, place = _harmonics(length), torch.arange(length)
    angles = 2 * math.pi / length * (harmonic[:, None] * place % length).double()
    rows = torch.where((place % 2 == 1)[:, None], angles.cos(), angles.sin()) * math.sqrt(2 / length)
    rows[0] = 1 / math.sqrt(length)
    if length % 2 == 0:  # its last harmonic has no sine
        rows[-1] /= math.sqrt(2)
    return rows.float()


def _harmonics(length: int) -> Int[Tensor, " length"]:
    """The harmonic of every row of `waves`."""
    return (torch.arange(length) + 1) // 2


CODEC = Harmonics
