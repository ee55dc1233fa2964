"""What leaves the data when sums are told with noise, and what all that was told so far amounts to."""

from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Privacy:
    """How a sum over examples is protected: the Gaussian mechanism.

    Attributes:
        clip: length to which the signal of one example, all its tensors together, is shortened.
        noise: standard deviation of the noise on every entry of the sum, in clips.
    """

    clip: float
    noise: float


@dataclass
class PrivacyLedger:
    """What was told. Adding or removing one example moves a sum by one clip at most; counts of groups are public.

    Attributes:
        told: the noise of every sum that was told, in clips. One that is kept and read again was told once.
    """

    told: list[float] = field(default_factory=list)

    def epsilon(self, delta: float) -> float:
        """All that was told is (epsilon, delta)-differentially private.

        By zero-concentrated privacy, without amplification by sampling (Bun and Steinke 2016, arXiv 1605.02065).
        """
        rho = sum(1 / (2 * noise**2) if noise else math.inf for noise in self.told)
        return rho + 2 * math.sqrt(rho * math.log(1 / delta))
