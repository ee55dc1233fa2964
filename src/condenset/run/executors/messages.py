"""What goes between a program and its workers: packed jobs, packed answers, and the environment of a worker.

Everything is packed as a tensor file, which keeps tensors that share memory together and can be mapped from disk.
"""

from __future__ import annotations

import io
import os
import pickle
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from condenset.core.errors import CondensetError, RequestError

RETRIES = 2  # of a job whose worker died


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


def _sendable(error: Exception) -> Exception:
    try:
        unpacked(packed(error))
    except Exception:  # whatever a foreign error's constructor makes of this
        return CondensetError(f"{type(error).__name__} in a worker: {error}")
    return error
