"""Progress as a line now and then, where nothing can be drawn: in logs of jobs, and from Python."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

Unit = TypeVar("Unit")

EVERY = 30.0  # seconds from one line to the next


@dataclass
class NowAndThen:
    """Says how far work is, at most every half minute: "distilling iris by dm: 120 of 400, loss 0.2, 90 s to go".

    Attributes:
        title: of the work.
        say: takes a line.
    """

    title: str
    say: Callable[[str], None]
    _began: float = field(default_factory=lambda: time.monotonic(), init=False)
    _said: float = field(default_factory=lambda: time.monotonic(), init=False)

    def __call__(self, done: int, total: int | None = None, note: str = "") -> None:
        """Args: done, total, units of work (total None: unknown); note, what else is to be said."""
        now = time.monotonic()
        if now - self._said < EVERY:
            return
        self._said = now
        count = f"{done}" if total is None else f"{done} of {total}"
        left = [f"{(now - self._began) * (total - done) / done:.0f} s to go"] if total and 0 < done < total else []
        self.say(", ".join([f"{self.title}: {count}", *filter(None, [note]), *left]))


def logged(title: str) -> NowAndThen:
    """Tells the logger "condenset", at the level INFO."""
    return NowAndThen(title, logging.getLogger("condenset").info)


def tracked(work: Iterable[Unit], title: str, total: int) -> Iterator[Unit]:
    """Its units, of which the logger is told how many of the total are over."""
    track = logged(title)
    for done, unit in enumerate(work, 1):
        yield unit
        track(done, total)
