"""Results in the order of their jobs, from a pool that finishes them in any order."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol, TypeVar, runtime_checkable

Message = TypeVar("Message", contravariant=True)
Handle = TypeVar("Handle", bound=Hashable)


@runtime_checkable
class Workers(Protocol[Message, Handle]):
    """Runs up to `workers` jobs at a time; a handle stands for a job that was begun."""

    @property
    def workers(self) -> int:
        """Jobs at a time."""

    def begin(self, job: Message) -> Handle:
        """Give a job to a worker."""

    def wait(self, handles: Sequence[Handle]) -> Sequence[Handle]:
        """Wait until something happens; those of the handles that are finished, perhaps none."""

    def result(self, handle: Handle) -> Any:
        """The result of a finished job. Raises its error."""

    def abandon(self, handle: Handle) -> None:
        """Stop a job that is running."""


def in_order(pool: Workers[Message, Handle], jobs: Iterable[Message]) -> Iterator[Any]:
    """The result of every job, each as soon as it and those before it are there.

    Jobs are taken from the iterable as workers get free. Raises the error of a job as soon as it is known; what is
    still running then is abandoned, as it is when the iterator is closed.
    """
    waiting = iter(jobs)
    begun: deque[Handle] = deque()
    running: list[Handle] = []
    results: dict[Handle, Any] = {}
    try:
        while True:
            for job in islice(waiting, pool.workers - len(running)):
                running.append(pool.begin(job))
                begun.append(running[-1])
            if not running:
                return
            for handle in pool.wait(running):
                running.remove(handle)
                results[handle] = pool.result(handle)
            while begun and begun[0] in results:
                yield results.pop(begun.popleft())
    finally:
        for handle in running:
            pool.abandon(handle)
