"""Opens files that others may have made: regular ones, so that no pipe and no device is waited for, and not too large.

What a file claims to hold is its size, so that a sparse one, which takes no room on disk, is measured by that.
"""

from __future__ import annotations

import os
import stat
from io import BufferedReader
from pathlib import Path

from condenset.core.errors import DataError
from condenset.core.limits import limits

_KINDS = {stat.S_IFIFO: "a named pipe", stat.S_IFDIR: "a folder", stat.S_IFSOCK: "a socket"}


def open_regular(path: Path) -> BufferedReader:
    """The file, to read its bytes. Raises `OSError` where it cannot be opened, `DataError` where it is another
    kind of thing, which is not waited for."""
    _expect_regular(path, path.stat())  # to open a device may do something already
    file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115  # whoever asked closes it
    try:
        _expect_regular(path, os.fstat(file.fileno()))
    except BaseException:
        file.close()
        raise
    return file


def read_regular(path: Path, most: int | None = None) -> bytes:
    """The content. Args: most, bytes; the limit of all files when None. Raises as `open_regular`, and `DataError`
    where it is longer."""
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if most is not None and size > most:
            raise DataError(f"{path} has {size:,} bytes: at most {most:,} are read of such a file")
        limits().check("bytes", size, str(path))
        return file.read()


def is_regular(path: Path) -> bool:
    """Whether there is a file that `open_regular` opens: no dangling link, no loop of them, no pipe."""
    try:
        return path.is_file()
    except OSError:
        return False


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _expect_regular(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "a device")
        raise DataError(f"{path} is {kind} and no regular file, so it is not read")
