"""Locks, so that one process at a time writes in a folder or makes a file; a process that dies lets go of its own."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from condenset.core.errors import RequestError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK_FILE = ".lock"
_UNKNOWN = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)  # on a file system that has no locks


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps other processes from writing in a folder, for the block, where the system has such locks.

    Raises `RequestError` where one does.
    """
    with _held(folder / LOCK_FILE, waits=False):
        yield


def once(path: Path, make: Callable[[], None]) -> None:
    """Make the file that is not there yet. One process at a time does so; those that wait for it find the file.

    Where the system has no such locks, nobody waits.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _held(path.with_name(f"{path.name}{LOCK_FILE}"), waits=True):
        if not path.exists():
            make()


@contextmanager
def _held(path: Path, waits: bool) -> Iterator[None]:
    """The lock at a path, for the block. Raises `RequestError` where another process has it, unless this one waits."""
    if fcntl is None:
        yield
        return
    descriptor = _taken(path, fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(descriptor)


def _taken(path: Path, how: int) -> int:
    """The open file of a lock that is held: the one that stands there, since who held it before has removed his."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        try:
            fcntl.flock(descriptor, how)
            if os.path.samestat(os.fstat(descriptor), os.lstat(path)):
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            raise RequestError(
                f"another process writes in {path.parent}: wait until it has ended, or choose another folder"
            ) from None
        except FileNotFoundError:
            pass
        except OSError as error:
            if error.errno in _UNKNOWN:
                return descriptor
            os.close(descriptor)
            raise
        os.close(descriptor)
