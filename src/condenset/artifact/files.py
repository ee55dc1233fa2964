"""Writing that either happens wholly or not at all, with an error that says what a full disk lacked."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from condenset.core.errors import CondensetError, RequestError

_FULL = (errno.ENOSPC, errno.EDQUOT)


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
            f"cannot write {target} ({why}){size}. Nothing was lost, what stood there before is as it was; {advice}"
        ) from error


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, at any moment, after any crash.

    Raises `CondensetError` where it cannot be written; the old content then stays.
    """
    partial = path.with_name(f".{path.name}.partial")
    with writing(path, len(content)):
        try:
            write_through(partial, content)
            partial.replace(path)
        except OSError:
            discard(partial)
            raise


def write_through(path: Path, content: bytes) -> None:
    """Write a file and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """A path to write a file or folder at, which becomes `out` when the block ends well and vanishes when it does not.

    Raises `RequestError` where `out` exists already, `CondensetError` where it cannot be written.
    """
    if out.exists() or out.is_symlink():
        raise RequestError(f"{out} exists already: choose another name, or remove it first")
    partial = out.with_name(f".partial-{out.name}")
    with writing(out):
        discard(partial)
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            yield partial
            partial.replace(out)
        finally:
            discard(partial)


def discard(path: Path) -> None:
    """Remove a file or folder, where there is one."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
