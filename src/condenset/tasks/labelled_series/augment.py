"""Views of a series: as it is, smoothed, and with the phases or the magnitudes of its spectrum disturbed.

Liu et al. (Dataset Condensation for Time Series Classification via Dual Domain Matching, KDD 2024, arXiv 2403.07245)
learn a set from all four; here a batch, or every example of it, gets one that is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.batch import Inputs
from condenset.core.errors import RequestError, UnknownNameError
from condenset.core.ragged import Ragged
from condenset.core.rng import Rng

Series = Float[Tensor, "n channels time"]

VIEWS = ("raw", "low-pass", "phase", "magnitude")
_BANDS = 16  # of the spectrum, that are disturbed alike


@dataclass(frozen=True)
class Drawn:
    """A drawn transformation.

    Attributes:
        view: (m,) int64, which of the strategy's views; m is 1 where a batch shares it.
        noise: (m, bands) standard normal, from which the disturbance of every frequency is interpolated.
    """

    view: Int[Tensor, " m"]
    noise: Float[Tensor, "m bands"]


@dataclass(frozen=True)
class Views:
    """One view is drawn for each example.

    Attributes:
        strategy: views to draw from, among "raw", "low-pass", "phase" and "magnitude".
        kept: share of the frequencies, the lowest, that a smoothed series keeps.
        phase: spread of the angle, in radians, that phases are turned by.
        magnitude: spread of the relative change of magnitudes.
    """

    strategy: tuple[str, ...] = VIEWS
    kept: float = 0.5
    phase: float = 0.3
    magnitude: float = 0.3

    mirrors = False

    def __post_init__(self) -> None:
        """Raises `RequestError` for no view and `UnknownNameError` for an unknown one."""
        if not self.strategy:
            raise RequestError(f"views of a series name at least one of {', '.join(VIEWS)}, got none")
        for name in self.strategy:
            if name not in VIEWS:
                raise UnknownNameError("view", name, VIEWS)

    def without(self, group: str) -> Views:
        """The strategy less one view. Raises `RequestError` where none would be left."""
        return self.changed(strategy=tuple(name for name in self.strategy if name != group))

    def changed(self, **fields: Any) -> Views:
        """The same with other values of its fields. Raises as a new one does, and `TypeError` for no field."""
        return replace(self, **fields)

    def draw(self, examples: int, rng: Rng) -> Drawn:
        """Views and disturbances for so many examples."""
        view = torch.randint(len(self.strategy), (examples,), generator=rng.child("view").torch())
        return Drawn(view, torch.randn(examples, _BANDS, generator=rng.child("noise").torch()))

    def apply(self, record: Drawn, inputs: Inputs) -> Inputs:
        """Series (n, channels, time) transformed; differentiable in them. The record has n rows or one.

        What lies beyond the end of a shorter series stays 0. Raises `RequestError` for another number of rows.
        """
        ragged = isinstance(inputs, Ragged)
        values = inputs.values if ragged else inputs
        if len(record.view) not in (1, len(values)):
            raise RequestError(f"{len(record.view)} draws for {len(values)} series: draw one for each, or 1 for all")
        transformed = self._transformed(record, values)
        return inputs.changed(transformed) if ragged else transformed

    def _transformed(self, record: Drawn, values: Series) -> Series:
        spectrum = torch.fft.rfft(values)
        view = record.view.to(values.device)[:, None, None]
        noise = F.interpolate(record.noise.to(values)[:, None], spectrum.shape[2], mode="linear", align_corners=True)
        noise = torch.cat([torch.zeros_like(noise[:, :, :1]), noise[:, :, 1:]], 2)  # the mean stays
        along, across = torch.ones_like(noise), torch.zeros_like(noise)
        for number, name in enumerate(self.strategy):
            own = self._factor(name, noise)
            along, across = (torch.where(view == number, *pair) for pair in zip(own, (along, across), strict=True))
        real, imaginary = spectrum.real, spectrum.imag
        turned = torch.complex(real * along - imaginary * across, real * across + imaginary * along)
        raw = self.strategy.index("raw") if "raw" in self.strategy else -1
        return torch.where(view == raw, values, torch.fft.irfft(turned, n=values.shape[2]))

    def _factor(self, view: str, noise: Float[Tensor, "m 1 frequencies"]) -> tuple[Tensor, Tensor]:
        """Real and imaginary part of what a view multiplies the spectrum with, (m, 1, frequencies) each."""
        one, nothing = torch.ones_like(noise), torch.zeros_like(noise)
        match view:
            case "low-pass":
                place = torch.arange(noise.shape[2], device=noise.device)
                return one * (place < max(2, self.kept * len(place))), nothing
            case "phase":
                return (self.phase * noise).cos(), (self.phase * noise).sin()
            case "magnitude":
                return 1 + self.magnitude * noise, nothing
            case _:
                return one, nothing
