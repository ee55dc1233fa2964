"""How a run is carried out: where, with how many bits, by which workers, and how much work lies ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar, runtime_checkable

import torch

Shared = TypeVar("Shared")
Job = TypeVar("Job")
Result = TypeVar("Result")

Precision = Literal["auto", "float32", "bfloat16"]


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


@dataclass(frozen=True)
class Execution:
    """What results depend on only up to rounding.

    Attributes:
        device: where tensors live.
        precision: of compiled networks; "auto" takes bfloat16 where the device multiplies it faster than float32.
        times: how often the same work will be done (steps of a run, networks of an exam); compiling repays if often.
        executor: where jobs run that do not need each other.
        memory: bytes that a pool's networks may take with their real sides, one real side more or less; None: all of
            them. What does not fit is drawn and measured anew.
        disk: bytes that real sides of signals may take in the cache folder, for runs to come; 0 keeps none.
    """

    device: torch.device | str = "cpu"
    precision: Precision = "auto"
    times: int = 1
    executor: Executor = LOCAL
    memory: int | None = None
    disk: int = 0

    @property
    def half(self) -> bool:
        """Whether compiled networks compute in bfloat16."""
        if self.precision != "auto":
            return self.precision == "bfloat16"
        kind = torch.device(self.device).type
        if kind == "cpu":
            return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
        module: Any = vars(torch).get(kind)  # not of every device
        return hasattr(module, "is_bf16_supported") and bool(module.is_bf16_supported())

    @property
    def stacks(self) -> bool:
        """Whether networks that are trained alike go through the device in one pass, which one would not fill."""
        return torch.device(self.device).type != "cpu" and self.executor is LOCAL


HERE = Execution()  # on the CPU, done once
