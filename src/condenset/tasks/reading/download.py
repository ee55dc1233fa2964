"""A file of known data, fetched from its public original and held against what was released."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path

from condenset.core.cache import put
from condenset.core.errors import DataError

_PATIENCE = 60.0  # seconds without an answer


def download(address: str, path: Path, most: int, expect: Callable[[bytes], None], what: str, instead: str) -> None:
    """Write what an address answers to a new file, once it is what is expected.

    Args: most, bytes that are read; expect, raises for another content; what, the data are called; instead, what to do
    without a network.
    Raises `DataError` where there is no answer.
    """
    try:
        with urllib.request.urlopen(address, timeout=_PATIENCE) as answer:
            content = answer.read(most)
        expect(content)
        with put(path) as new:
            new.write_bytes(content)
    except (OSError, HTTPException) as error:
        raise DataError(
            f"{what} is not on this machine and could not be downloaded ({error}): put {instead} below the folder "
            "that CONDENSET_DATA names"
        ) from error
