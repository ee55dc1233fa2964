"""Jobs on a Ray cluster: the one that RAY_ADDRESS names, or one on this machine for as long as it is needed.

One that is begun here is reached from this machine alone, by who knows its token; its processes end with this one.
"""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from secrets import token_hex
from typing import Any

from condenset.core.errors import MissingExtraError
from condenset.core.execution import LOCAL, Job, Result, Shared
from condenset.core.process import keep_freed_memory
from condenset.run.executors.jobs import RETRIES, answer, died, in_order, packed, result, unpacked, worker_environment
from condenset.run.executors.scratch import scratch

_LONGEST = 20  # characters of the temporary folder's path; a socket's has at most 103, and Ray puts 60 behind it


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
        with ExitStack() as until_the_end:
            if self._began:
                until_the_end.callback(self._ray.shutdown)
                self._begin(workers and workers * threads, until_the_end)
            self._until_the_end = until_the_end.pop_all()
        self.workers = workers or max(1, int(self._ray.cluster_resources().get("CPU", 1)) // threads)
        demands = {"num_cpus": threads, "max_retries": RETRIES, "runtime_env": {"env_vars": environment}}
        self._work = self._ray.remote(**demands)(_work)
        self._shared: dict[int, tuple[Any, Any]] = {}  # by identity, which is a name as long as the thing is kept

    def __enter__(self) -> RayCluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._shared.clear()
        self._until_the_end.close()

    def __reduce__(self) -> tuple[Any, ...]:
        """See `Executor`."""
        return type(LOCAL), ()

    def _begin(self, processors: int | None, until_the_end: ExitStack) -> None:
        """Connect to the cluster that is named, or begin one on loopback, with a token, in a folder of its own."""
        quietly = {"log_to_driver": False, "logging_level": "ERROR"}
        with _signals_as_before():
            if "RAY_ADDRESS" in os.environ:
                self._ray.init(**quietly)
                return
            os.environ.setdefault("RAY_AUTH_TOKEN", token_hex(32))  # which Ray would keep in a file of the user's
            folder = str(until_the_end.enter_context(scratch(_root())))
            with _on_loopback():
                self._ray.init(num_cpus=processors, include_dashboard=False, _temp_dir=folder, **quietly)

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


def _root() -> Path | None:
    """Where the cluster's sockets may lie: in the temporary folder, or in /tmp where the path of that is long."""
    return Path("/tmp") if len(tempfile.gettempdir()) > _LONGEST and Path("/tmp").is_dir() else None


@contextmanager
def _on_loopback() -> Iterator[None]:
    """As Ray does it on other systems: a cluster of one machine, which no other reaches. It has no option for it."""
    constants: Any = import_module("ray._private.ray_constants")
    before = constants.ENABLE_RAY_CLUSTER
    constants.ENABLE_RAY_CLUSTER = False
    try:
        yield
    finally:
        constants.ENABLE_RAY_CLUSTER = before


@contextmanager
def _signals_as_before() -> Iterator[None]:
    """Ray ends a program by a SIGTERM of its own, and nothing would be put away."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, before)


def _imported() -> Any:
    try:
        import ray
    except ImportError as error:
        raise MissingExtraError("ray", "ray") from error
    return ray
