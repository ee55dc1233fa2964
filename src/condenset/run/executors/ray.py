"""Jobs on a Ray cluster: the one that RAY_ADDRESS names, or one on this machine for as long as it is needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from condenset.core.allocator import keep_freed_memory
from condenset.core.errors import MissingExtraError
from condenset.core.executor import LOCAL, Job, Result, Shared
from condenset.run.executors.in_order import in_order
from condenset.run.executors.messages import RETRIES, answer, died, packed, result, unpacked, worker_environment


class RayCluster:
    """An executor and a context manager, at whose end the connection, or the cluster that it started, is gone.

    Ray begins a job anew where its worker or the worker's machine is lost.
    """

    def __init__(self, workers: int | None = None) -> None:
        """Args: workers, jobs at a time, by default as many as the cluster has processors for.

        Raises `MissingExtraError` where Ray is not installed.
        """
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nobody was asked whether to report usage
        self._ray = _imported()
        environment = worker_environment()
        threads = int(environment["OMP_NUM_THREADS"])
        self._began = not self._ray.is_initialized()
        if self._began:
            own = {"num_cpus": workers and workers * threads, "include_dashboard": False}
            size = {} if "RAY_ADDRESS" in os.environ else own
            self._ray.init(**size, log_to_driver=False, logging_level="ERROR")
        self.workers = workers or max(1, int(self._ray.cluster_resources().get("CPU", 1)) // threads)
        demands = {"num_cpus": threads, "max_retries": RETRIES, "runtime_env": {"env_vars": environment}}
        self._work = self._ray.remote(**demands)(_work)
        self._shared: dict[int, tuple[Any, Any]] = {}  # by identity, which is a name as long as the thing is kept

    def __enter__(self) -> RayCluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._shared.clear()
        if self._began:
            self._ray.shutdown()

    def __reduce__(self) -> tuple[Any, ...]:
        """See `Executor`."""
        return type(LOCAL), ()

    def map(self, function: Callable[[Shared, Job], Result], shared: Shared, jobs: Iterable[Job]) -> Iterator[Result]:
        """See `Executor.map`. Raises `CondensetError` for a job that several workers die on."""
        return in_order(self, ((self._placed(shared), packed((function, None, job))) for job in jobs))

    def begin(self, job: tuple[Any, bytes]) -> Any:
        """Give Ray a packed job beside the reference to what all jobs read; returns a reference to the answer."""
        shared, message = job
        return self._work.remote([shared], str(Path.cwd()), message)

    def wait(self, handles: Sequence[Any]) -> list[Any]:
        """The first answers that are there."""
        return list(self._ray.wait(list(handles))[0])

    def result(self, handle: Any) -> Any:
        """What the worker answered."""
        try:
            content = self._ray.get(handle)
        except self._ray.exceptions.RayError as error:
            raise died(type(error).__name__) from error
        return result(content)

    def abandon(self, handle: Any) -> None:
        """End the worker: there is no other way to stop what it does."""
        self._ray.cancel(handle, force=True)

    def _placed(self, shared: Any) -> Any:
        """A reference to what all jobs read, kept by the cluster."""
        if id(shared) not in self._shared:
            self._shared[id(shared)] = shared, self._ray.put(packed(shared))
        return self._shared[id(shared)][1]


_kept: dict[Any, Any] = {}  # in a worker: what its jobs read at present


def _work(shared: list[Any], folder: str, job: bytes) -> bytes:
    """A job in a worker. Args: shared, a reference in a list, which Ray does not resolve for every job anew."""
    keep_freed_memory()
    with suppress(OSError):  # relative paths mean the same as in the program, where the machines share its folder
        os.chdir(folder)
    return answer(job, lambda _: _opened(shared[0]))


def _opened(reference: Any) -> Any:
    if reference not in _kept:
        _kept.clear()
        _kept[reference] = unpacked(_imported().get(reference))
    return _kept[reference]


def _imported() -> Any:
    try:
        import ray
    except ImportError as error:
        raise MissingExtraError("ray", "ray") from error
    return ray
