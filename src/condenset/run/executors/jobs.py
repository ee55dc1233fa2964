"""Jobs on their way between a program and its workers: packed, answered, their results in order; and the environment
of a worker.

Everything is packed as a tensor file, which keeps tensors that share memory together and can be mapped from disk.
"""

from __future__ import annotations

import io
import os
import pickle
import traceback
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

from condenset.core.errors import CondensetError, RequestError

RETRIES = 2  # of a job whose worker died

Message = TypeVar("Message", contravariant=True)
Handle = TypeVar("Handle", bound=Hashable)


def worker_environment() -> dict[str, str]:
    """What a worker's environment must say before it imports anything.

    Sums are rounded as the number of threads has it, so every worker gets the same, whatever their number: that of
    OMP_NUM_THREADS, or 1. A network is compiled in the worker itself, so that no process remains when it is ended.
    """
    own = {name: value for name, value in os.environ.items() if name.startswith("CONDENSET_")}
    threads = os.environ.get("OMP_NUM_THREADS") or "1"
    return own | {"OMP_NUM_THREADS": threads, "TORCHINDUCTOR_COMPILE_THREADS": "1"}


def packed(value: Any) -> bytes:
    """A value as bytes; raises as `write` does."""
    written = io.BytesIO()
    write(value, written)
    return written.getvalue()


def write(value: Any, target: Path | io.BytesIO) -> None:
    """Pack a value into a file. Raises `RequestError` where it holds what cannot leave this process, as a lambda."""
    import torch

    try:
        torch.save(value, target, pickle_protocol=pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise RequestError(
            f"a job cannot be sent to a worker ({error}): use functions of a module in place of lambdas and inner "
            "functions, or the executor local"
        ) from error


def unpacked(content: bytes) -> Any:
    """The value of `packed`."""
    import torch

    return torch.load(io.BytesIO(content), map_location=_here, weights_only=False)


def mapped(path: Path) -> Any:
    """The value that was packed into a file; its tensors stay there and are read as they are needed."""
    import torch

    return torch.load(path, map_location=_here, mmap=True, weights_only=False)


def _here(storage: Any, location: str) -> Any:
    """What lay on one of several devices lies on the one of them that this process computes on."""
    import torch

    return torch.serialization.default_restore_location(storage, location.partition(":")[0])


def answer(message: bytes, opened: Callable[[Any], Any]) -> bytes:
    """Do a packed job, (function, place, job); the packed result, or the packed error with its traceback as a note.

    Args: opened, gives what all jobs read from its place.
    """
    try:
        function, place, job = unpacked(message)
        return packed((function(opened(place), job), None))
    except Exception as error:
        error.add_note(f"in a worker:\n{traceback.format_exc()}")
        return packed((None, _sendable(error)))


def result(content: bytes) -> Any:
    """The result in a packed answer. Raises the error in it."""
    value, error = unpacked(content)
    if error is not None:
        raise error
    return value


def died(how: str) -> CondensetError:
    """The error of a job that costs every worker its life."""
    return CondensetError(
        f"{1 + RETRIES} workers died on the same job ({how}): memory may be short; use fewer workers (--workers)"
    )


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


def _sendable(error: Exception) -> Exception:
    try:
        unpacked(packed(error))
    except Exception:  # whatever a foreign error's constructor makes of this
        return CondensetError(f"{type(error).__name__} in a worker: {error}")
    return error
