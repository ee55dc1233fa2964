"""What a measurement is: ours beside the plain algorithm, both timed in turns in the same process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from statistics import median
from typing import Any, Literal, ParamSpec, TypeVar

from condenset.core.process import give_back_freed_memory, keep_freed_memory

_P = ParamSpec("_P")
_T = TypeVar("_T")
Target = tuple[Literal["at least", "at most"], float]


@dataclass(frozen=True)
class BenchRow:
    """One line of the suite's table.

    Attributes:
        name: what was measured.
        value, unit: ours.
        ratio: ours against `against`; above 1 is better for seconds saved, see `against`; None: an absolute value.
        against: what the ratio compares with, in words.
        target: the ratio (or value, where there is no ratio) that is aimed at, and whether at least or at most.
    """

    name: str
    value: float
    unit: str
    ratio: float | None
    against: str
    target: Target | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.target is None:
            return None
        found = self.value if self.ratio is None else self.ratio
        return found >= self.target[1] if self.target[0] == "at least" else found <= self.target[1]

    def record(self) -> dict[str, Any]:
        """The JSON form."""
        fields = {"name": self.name, "value": self.value, "unit": self.unit, "ratio": self.ratio}
        target = None if self.target is None else " ".join(map(str, self.target))
        return fields | {"against": self.against, "target": target, "met": self.met}


@dataclass(frozen=True)
class Measurement:
    """A file of the suite.

    Attributes:
        suite: "quick" ones are in both suites.
        measure: runs it, yielding rows.
    """

    suite: Literal["quick", "full"]
    measure: Callable[[], Iterator[BenchRow]]


def seconds(work: Callable[[], Any], repeats: int = 3) -> float:
    """Median wall time of a call, after one call that warms up."""
    return in_turns({"": work}, repeats)[""]


def apart(work: Callable[_P, _T], *arguments: _P.args, **named: _P.kwargs) -> _T:
    """What a call gives in a process of its own, which holds nothing of this one."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments, **named).result()


def as_released(work: Callable[[], Any]) -> None:
    """Call the plain algorithm with the allocator that a script has; the suite itself runs with the command line's."""
    give_back_freed_memory()
    try:
        work()
    finally:
        keep_freed_memory()


def in_turns(works: Mapping[str, Callable[[], Any]], repeats: int = 3) -> dict[str, float]:
    """Median wall time of every call, in turns so that a busy machine slows all alike; the first turn warms up."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(repeats + 1):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            if turn:
                found[name].append(time.perf_counter() - began)
    return {name: median(times) for name, times in found.items()}
