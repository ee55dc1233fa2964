"""Writing that either happens wholly or not at all, with an error that says what a full disk lacked.

Everything is written in a new folder of a name that nobody foresees, and moved to its place when it is whole: a link
that somebody has planted in a shared folder is replaced and never written through.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from condenset.core.errors import CondensetError, RequestError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_STAGE = ".partial-"


@contextmanager
def writing(target: Path, needed: int | None = None) -> Iterator[None]:
    """Turns a failed write into `CondensetError`.

    Args: target, what is being written; needed, bytes that it takes, where known.
    """
    try:
        yield
    except OSError as error:
        why = "the disk is full" if error.errno in _FULL else error.strerror or str(error)
        size = "" if needed is None else f": {needed:,} bytes are needed"
        advice = "free space, or choose another folder" if error.errno in _FULL else "check the folder"
        raise CondensetError(
            f"cannot write {target} ({why}){size}. What stood there before is as it was; {advice}"
        ) from error


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """A new folder inside another one, which is there for the block. Raises `OSError`."""
    stage = Path(tempfile.mkdtemp(prefix=_STAGE, dir=folder))
    try:
        yield stage
    finally:
        discard(stage)


def sweep(folder: Path) -> None:
    """Remove what a killed process was writing in a folder that no other process writes in now."""
    for left in folder.glob(f"{_STAGE}*"):
        discard(left)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write a file at, which takes the place of `path` when the block ends well. Raises `OSError`."""
    with staging(path.parent) as stage:
        yield stage / path.name
        (stage / path.name).replace(path)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, at any moment, after any crash.

    Raises `CondensetError` where it cannot be written; the old content then stays.
    """
    with writing(path, len(content)), replacing(path) as new:
        write_through(new, content)


def write_through(path: Path, content: bytes) -> None:
    """Write a new file and wait until the disk has it. Raises `OSError`, among it for what is there already."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def append_line(path: Path, line: str) -> None:
    """Write a line at the end of a file, new or there; it is handed to the system before this returns.

    Raises `CondensetError` where it cannot be written, and where the path is a link.
    """
    with writing(path), open(path, "a", encoding="utf8", opener=_not_through_links) as file:
        file.write(f"{line}\n")


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """A path to write a file or folder at, which becomes `out` when the block ends well and vanishes when it does not.

    Raises `RequestError` where `out` exists already, `CondensetError` where it cannot be written.
    """
    if out.exists() or out.is_symlink():
        raise RequestError(f"{out} exists already: choose another name, or remove it first")
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        with replacing(out) as partial:
            yield partial


def discard(path: Path) -> None:
    """Remove a file or folder, where there is one."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _not_through_links(path: str, flags: int) -> int:
    return os.open(path, flags | (0 if sys.platform == "win32" else os.O_NOFOLLOW), 0o666)
