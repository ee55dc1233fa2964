"""A lock on a folder, so that one process at a time writes there; a process that dies lets go of it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
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
    if fcntl is None:
        yield
        return
    descriptor = _taken(folder / LOCK_FILE)
    try:
        yield
    finally:
        with suppress(OSError):
            (folder / LOCK_FILE).unlink()
        os.close(descriptor)


def _taken(path: Path) -> int:
    """The open file of a lock that is held: the one that stands there, since who held it before has removed his."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
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
            raise
        os.close(descriptor)
