"""Executors: in this process, in other ones of this machine or of torchrun, on a Ray cluster; with the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from condenset.core.errors import UnknownNameError
from condenset.core.execution import LOCAL, Executor

EXECUTORS = ("local", "processes", "ray", "torchrun")


@contextmanager
def opened(name: str, workers: int | None = None) -> Iterator[Executor]:
    """The named executor; its workers end with the block, however it ends.

    Args: workers, how many jobs run at the same time, by default one for each processor; "local" has no workers and
    "torchrun" those that it was started with.
    Raises `UnknownNameError`, and `MissingExtraError` for "ray" where it is not installed.
    """
    if name not in EXECUTORS:
        raise UnknownNameError("executor", name, EXECUTORS)
    if name == "local":
        yield LOCAL
        return
    with _made(name, workers) as executor:
        yield executor


def _made(name: str, workers: int | None) -> AbstractContextManager[Executor]:
    match name:
        case "processes":
            from condenset.run.executors.processes import Processes

            return Processes(workers)
        case "ray":
            from condenset.run.executors.ray import RayCluster

            return RayCluster(workers)
        case _:
            from condenset.run.executors.torchrun import TorchRun

            return TorchRun()
