"""Jobs in processes of this machine: started afresh (spawned), kept for further jobs, replaced when they die."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from condenset.core.execution import LOCAL, Job, Result, Shared
from condenset.core.process import keep_freed_memory
from condenset.run.executors.jobs import (
    RETRIES,
    answer,
    died,
    in_order,
    mapped,
    packed,
    result,
    worker_environment,
    write,
)
from condenset.run.executors.scratch import scratch

_SPAWN = multiprocessing.get_context("spawn")  # a forked copy of a process that has threads can hang


class Processes:
    """An executor and a context manager, at whose end no worker is left.

    A worker that dies is replaced and its job begun anew. Workers end by themselves, and remove the temporary files,
    when this process is gone, however that went.
    """

    def __init__(self, workers: int | None = None) -> None:
        """Args: workers, processes at a time, by default one for each processor."""
        self.workers = workers or _processors()
        self._alive: set[_Worker] = set()
        self._idle: list[_Worker] = []
        self._until_the_end = ExitStack()
        self._folder = self._until_the_end.enter_context(scratch())
        self._shared: dict[int, tuple[Any, Path]] = {}  # by identity, which is a name as long as the thing is kept

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in list(self._alive):
            self._stop(worker)
        self._until_the_end.close()

    def __reduce__(self) -> tuple[Any, ...]:
        """See `Executor`."""
        return type(LOCAL), ()

    def map(self, function: Callable[[Shared, Job], Result], shared: Shared, jobs: Iterable[Job]) -> Iterator[Result]:
        """See `Executor.map`. Raises `CondensetError` for a job that several workers die on."""
        return in_order(self, (packed((function, self._placed(shared), job)) for job in jobs))

    def begin(self, job: bytes) -> _Ticket:
        """Give a packed job to a worker."""
        ticket = _Ticket(job)
        self._assign(ticket)
        return ticket

    def wait(self, handles: Sequence[_Ticket]) -> list[_Ticket]:
        """The tickets that are answered now; one whose worker died goes to another worker."""
        ready = wait([ticket.worker.connection for ticket in handles])
        return [ticket for ticket in handles if ticket.worker.connection in ready and self._collect(ticket)]

    def result(self, handle: _Ticket) -> Any:
        """What the worker answered."""
        return result(handle.answer)

    def abandon(self, handle: _Ticket) -> None:
        """End the worker: there is no other way to stop what it does."""
        self._stop(handle.worker)

    def _placed(self, shared: Any) -> Path:
        """A file that holds what all jobs read; workers map it into memory, so there is one copy for all of them."""
        if id(shared) not in self._shared:
            path = self._folder / f"{len(self._shared)}.shared"
            write(shared, path)
            self._shared[id(shared)] = shared, path
        return self._shared[id(shared)][1]

    def _assign(self, ticket: _Ticket) -> None:
        ticket.tries += 1
        ticket.worker = self._idle.pop() if self._idle else self._started()
        with suppress(OSError):  # it died while it was idle: `wait` will find that
            ticket.worker.connection.send_bytes(ticket.job)

    def _collect(self, ticket: _Ticket) -> bool:
        try:
            ticket.answer = ticket.worker.connection.recv_bytes()
        except (EOFError, OSError):
            self._stop(ticket.worker)
            if ticket.tries > RETRIES:
                raise died(f"exit code {ticket.worker.process.exitcode}") from None
            self._assign(ticket)
            return False
        self._idle.append(ticket.worker)
        return True

    def _started(self) -> _Worker:
        ours, theirs = _SPAWN.Pipe()
        process = _SPAWN.Process(target=_serve, args=(theirs, str(self._folder)), daemon=True)
        with _environment(worker_environment()):
            process.start()
        theirs.close()  # so that its end is heard when the worker dies
        worker = _Worker(process, ours)
        self._alive.add(worker)
        return worker

    def _stop(self, worker: _Worker) -> None:
        self._alive.discard(worker)
        worker.process.kill()
        worker.process.join()
        worker.connection.close()


@dataclass(frozen=True, eq=False)
class _Worker:
    process: multiprocessing.process.BaseProcess
    connection: Connection


@dataclass(eq=False)
class _Ticket:
    """A job that was begun: how often, by which worker, and its packed answer."""

    job: bytes
    tries: int = 0
    worker: _Worker = None  # type: ignore[assignment]  # from its first assignment on
    answer: bytes = b""


def _processors() -> int:
    """Those that this process may use, where the system tells (Slurm and containers give it a share)."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ[name] for name in values if name in os.environ}
    os.environ.update(values)
    try:
        yield
    finally:
        for name in values:
            del os.environ[name]
        os.environ.update(before)


def _serve(connection: Connection, folder: str) -> None:
    """A worker's life. Args: folder, of the program's files."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; whoever began the jobs ends them
    threading.Thread(target=_end_with_parent, args=(folder,), daemon=True).start()
    keep_freed_memory()
    kept: dict[Path, Any] = {}

    def opened(place: Path) -> Any:
        if place not in kept:
            kept.clear()
            kept[place] = mapped(place)
        return kept[place]

    while True:
        connection.send_bytes(answer(connection.recv_bytes(), opened))


def _end_with_parent(folder: str) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    shutil.rmtree(folder, ignore_errors=True)  # which a parent that was killed could not do
    os._exit(1)
