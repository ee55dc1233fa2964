"""Files of known data: below CONDENSET_DATA, or fetched from their public original; and whether they are that."""

from __future__ import annotations

import hashlib
import os
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path

from condenset.core.cache import put
from condenset.core.errors import DataError

_PATIENCE = 60.0  # seconds without an answer


def below_data(name: str, file: str, origin: str) -> Path:
    """The file of known data at a place below the folder in CONDENSET_DATA.

    Args: name, of the data; origin, page from which a user downloads it.
    Raises `DataError` saying so where CONDENSET_DATA is not set or the file is not there.
    """
    root = os.environ.get("CONDENSET_DATA")
    if root and (path := Path(root) / file).is_file():
        return path
    place = f"not found below CONDENSET_DATA={root}" if root else "wanted and CONDENSET_DATA is not set"
    advice = f"download it from {origin}, save it as {file}, and set CONDENSET_DATA to the folder above"
    raise DataError(f"{name}: {file} is {place}: {advice}")


def expect_released(content: bytes, sha256: str | None, name: str, where: str, mend: str) -> None:
    """Raises `DataError` where a content is not the one that was released.

    Args: sha256, of that, hex; None: not known; name, of the data; where, the content was found; mend, what to do.
    """
    if (found := hashlib.sha256(content).hexdigest()) != (sha256 or found):
        raise DataError(f"{where} is not the file of {name} that was released (its SHA-256 is {found}): {mend}")


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
