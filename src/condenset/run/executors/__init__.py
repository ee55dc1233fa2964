"""Executors: in this process, in processes of this machine, on a Ray cluster. All give the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from condenset.core.errors import UnknownNameError
from condenset.core.executor import LOCAL, Executor

EXECUTORS = ("local", "processes", "ray")


@contextmanager
def opened(name: str, workers: int | None = None) -> Iterator[Executor]:
    """The named executor; its workers end with the block, however it ends.

    Args: workers, how many jobs run at the same time, by default one for each processor; "local" has no workers.
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
    else:
        raise UnknownNameError("executor", name, EXECUTORS)
