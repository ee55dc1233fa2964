"""Where jobs run that do not need each other: in this process, or wherever `run` sends them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

Shared = TypeVar("Shared")
Job = TypeVar("Job")
Result = TypeVar("Result")


@runtime_checkable
class Executor(Protocol):
    """Runs one function on many jobs. Pickled, it arrives as `LOCAL`: the jobs of a job run where that job runs."""

    def map(self, function: Callable[[Shared, Job], Result], shared: Shared, jobs: Iterable[Job]) -> Iterator[Result]:
        """Results in the order of the jobs, each as soon as it and those before it are there.

        Args: function, of a module, so that workers can import it; shared, what all jobs read, sent to a worker
        once; jobs, taken as workers get free.

        Raises what the function raises, as soon as that is known; jobs that are running are then given up.
        """


@dataclass(frozen=True)
class Local:
    """Runs every job here, when its result is asked for."""

    def map(self, function: Callable[[Shared, Job], Result], shared: Shared, jobs: Iterable[Job]) -> Iterator[Result]:
        """See `Executor.map`."""
        return (function(shared, job) for job in jobs)


LOCAL = Local()
