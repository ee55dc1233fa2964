"""Jobs in the processes that `torchrun` started, one for each GPU: the first is the program, the others serve it.

Jobs go out in rounds of one for each process, the program's own among them. When a process dies, torchrun ends all.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice
from typing import Any, NoReturn

import torch
from torch import distributed

from condenset.core.errors import RequestError
from condenset.core.execution import LOCAL, Job, Result, Shared
from condenset.run.executors.jobs import answer, packed, result, unpacked

Message = tuple[str, Any]  # "shared": (key, packed value); "jobs": packed, one for each process; "stop": None


def serve() -> NoReturn:
    """A served process's life: do its job of every round, until it is told to stop, and end there and then.

    It has nothing to put away, and the communication's threads now and then abort an interpreter that ends as usual.
    """
    _join()
    kept: dict[int, Any] = {}
    while True:
        kind, content = _hear(("stop", None))
        if kind == "stop":
            break
        if kind == "shared":
            kept = {content[0]: unpacked(content[1])}
            continue
        own = content[distributed.get_rank()]
        distributed.gather_object(None if own is None else answer(own, kept.__getitem__), dst=0)
    os._exit(0)


class TorchRun:
    """The executor of the program, and a context manager at whose end the served processes stop."""

    def __init__(self) -> None:
        """Raises `RequestError` where torchrun did not start this process."""
        if "MASTER_ADDR" not in os.environ:
            raise RequestError(
                "the executor torchrun needs torchrun to start the command: "
                "torchrun --standalone --nproc-per-node 2 -m condenset compare ... --executor torchrun"
            )
        self._keys, self._told = count(), -1

    def __enter__(self) -> TorchRun:
        _join()
        return self

    def __exit__(self, *_: object) -> None:
        _hear(("stop", None))
        distributed.destroy_process_group()

    def __reduce__(self) -> tuple[Any, ...]:
        """See `Executor`."""
        return type(LOCAL), ()

    def map(self, function: Callable[[Shared, Job], Result], shared: Shared, jobs: Iterable[Job]) -> Iterator[Result]:
        """See `Executor.map`; results come a round at a time."""
        world, key, waiting = distributed.get_world_size(), next(self._keys), iter(jobs)
        while jobs_now := [packed((function, key, job)) for job in islice(waiting, world)]:
            if self._told != key:  # the others keep what one map reads, and maps may take turns
                _hear(("shared", (key, packed(shared))))
                self._told = key
            padded = jobs_now + [None] * (world - len(jobs_now))
            _hear(("jobs", padded))
            answers: list[Any] = [None] * world
            distributed.gather_object(answer(jobs_now[0], lambda _: shared), answers)
            for content in answers[: len(jobs_now)]:
                yield result(content)


def _join() -> None:
    if torch.accelerator.is_available():
        torch.accelerator.set_device_index(int(os.environ.get("LOCAL_RANK", "0")))
    distributed.init_process_group("gloo")


def _hear(message: Message) -> Message:
    """What the program says: on its side the message itself, on the others whatever it is."""
    heard = [message]
    distributed.broadcast_object_list(heard, src=0)
    return heard[0]
