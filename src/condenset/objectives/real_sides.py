"""What real data say under a network that comes again: measured once, and kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from condenset.core.rng import Rng

T = TypeVar("T")


class RealSides(Generic[T]):
    """One real side per network; the first ones measured give way to new ones."""

    def __init__(self, limit: int) -> None:
        """Args: limit, networks whose real side is kept."""
        self._limit = limit
        self._kept: OrderedDict[int, T] = OrderedDict()

    def of(self, key: int, measured: Callable[[Rng], T], rng: Rng) -> T:
        """The real side of the network of this key, which `measured` finds with a random stream.

        That stream follows from the run's seed and the key, not from the step, so that a resumed run finds the same.
        """
        if key not in self._kept:
            self._kept[key] = measured(Rng(rng.seed).child("cached", key))
            while len(self._kept) > self._limit:
                self._kept.popitem(last=False)
        return self._kept[key]
