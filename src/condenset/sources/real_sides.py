"""What real data say under a network that comes again: measured once, and kept for as long as the network is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.signals.signal import Sums

RealSide = TypeVar("RealSide", Sums, Batch)  # sums, or examples


class RealSides:
    """The real sides under one network and augmentation, one for every objective that asks.

    Pickled, they arrive empty: workers are sent a network to measure something under it.
    """

    def __init__(self, key: int) -> None:
        """Args: key, names the network among those of its run."""
        self.key = key
        self._kept: dict[object, Any] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return RealSides, (self.key,)

    def of(self, objective: object, measured: Callable[[Rng], RealSide], rng: Rng) -> RealSide:
        """The real side of an objective, which `measured` finds with a random stream the first time.

        That stream follows from the run's seed and the key, not from the step, so that what was forgotten, or is asked
        for by a resumed run, is found the same again.
        """
        if objective not in self._kept:
            self._kept[objective] = measured(Rng(rng.seed).child("cached", self.key))
        side: RealSide = self._kept[objective]
        return side

    @property
    def nbytes(self) -> int:
        """Bytes of what is kept."""
        return sum(kept.nbytes for kept in self._kept.values())
