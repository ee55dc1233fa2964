"""Arrays that are slow to make, kept in the user's cache folder; safe when several processes make the same one."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Sequence
from io import BufferedReader
from pathlib import Path

import numpy as np

from condenset.core.cache import cache_folder, put
from condenset.core.errors import DataError
from condenset.core.untrusted_file import limits, open_regular


def files_key(files: Sequence[Path], *parts: object) -> str:
    """A key, 32 hex digits, that changes with the content of the files and with the further parts.

    A file that cannot be read counts as empty: it is for whoever reads it to say so, or to leave it out. One that is
    larger than what is read whole is told by its size and the time of its last change.
    """
    digest = hashlib.sha256(repr(parts).encode())
    for file in files:
        content = hashlib.sha256()
        with contextlib.suppress(OSError, DataError), open_regular(file) as stream:
            content = _content(stream)
        digest.update(content.digest())
    return digest.hexdigest()[:32]


def _content(stream: BufferedReader) -> hashlib._Hash:
    status = os.fstat(stream.fileno())
    if status.st_size > limits().bytes:
        return hashlib.sha256(repr((status.st_size, status.st_mtime_ns)).encode())
    return hashlib.file_digest(stream, "sha256")


def cached_array(key: str, rows: int, make: Callable[[], np.ndarray]) -> np.ndarray:
    """The uint8 array (rows, ...) kept under a key, made when it is missing, damaged or not of `rows` rows.

    It is kept only when it has `rows` rows, by a rename, so no process ever sees half a file. A cache folder that
    cannot be written costs time, not the result.
    """
    path = cache_folder() / "images" / f"{key}.npy"
    with contextlib.suppress(OSError, ValueError, EOFError):
        kept = np.load(path, allow_pickle=False)
        if kept.dtype == np.uint8 and len(kept) == rows:
            return kept
    made = make()
    if len(made) == rows:
        with contextlib.suppress(OSError), put(path) as part, part.open("wb") as stream:
            np.save(stream, made, allow_pickle=False)
    return made
