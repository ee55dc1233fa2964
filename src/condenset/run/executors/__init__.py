"""Executors: in this process, in other ones of this machine or of torchrun, on a Ray cluster; with the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from condenset.core.errors import UnknownNameError
from condenset.core.executor import LOCAL, Executor

EXECUTORS = ("local", "processes", "ray", "torchrun")


@contextmanager
def opened(name: str, workers: int | None = None) -> Iterator[Executor]:
    """The named executor; its workers end with the block, however it ends.

    Args: workers, how many jobs run at the same time, by default one for each processor; "local" has no workers and
    "torchrun" those that it was started with.
    Raises `UnknownNameError`, and `MissingExtraError` for "ray" where it is not installed.
    """
    if name == "local":
        yield LOCAL
    elif name == "processes":
        from condenset.run.executors.processes import Processes

        with Processes(workers) as processes:
            yield processes
    elif name == "ray":
        from condenset.run.executors.ray import RayCluster

        with RayCluster(workers) as cluster:
            yield cluster
    elif name == "torchrun":
        from condenset.run.executors.torchrun import TorchRun

        with TorchRun() as served:
            yield served
    else:
        raise UnknownNameError("executor", name, EXECUTORS)
