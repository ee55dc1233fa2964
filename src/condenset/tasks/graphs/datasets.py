"""The graphs that are known by name: where they lie or are downloaded from, held against what was released."""

from __future__ import annotations

import hashlib
import os
import urllib.request
from http.client import HTTPException
from pathlib import Path

from condenset.core.cache import cache_folder, put
from condenset.core.errors import DataError
from condenset.core.regular_file import is_regular, read_regular

_ORIGIN = "https://github.com/muhanzhang/pytorch_DGCNN/raw/master/data"
_LARGEST = 16 * 2**20  # bytes of a file; the larger of the two has 642 021
_PATIENCE = 60  # seconds without an answer
_SHA256 = {
    "mutag": "5897dae243f6c773aab54ec99e86551c3b1e8601acef254714073042c632d30e",
    "proteins": "ed0730f9bf9da68aa6a8c80f2f2b6ecea5d05791ca254c709f3efab3b45d937b",
}


def known() -> tuple[str, ...]:
    """Names of the known graphs, sorted."""
    return tuple(sorted(_SHA256))


def known_file(name: str) -> Path:
    """The file of known graphs: `graphs/<NAME>.txt` below the folder in CONDENSET_DATA, or downloaded to there below
    CONDENSET_CACHE (default: condenset below the user's cache folder).

    Raises `DataError` where it is not the one that was released, and for a download that failed.
    """
    place, root = Path("graphs", f"{name.upper()}.txt"), os.environ.get("CONDENSET_DATA")
    if root and is_regular(path := Path(root) / place):
        _expect(name, read_regular(path, _LARGEST), str(path))
        return path
    path = cache_folder() / place
    if is_regular(path):
        _expect(name, read_regular(path, _LARGEST), str(path))
    else:
        _download(name, path)
    return path


def _download(name: str, path: Path) -> None:
    address = f"{_ORIGIN}/{name.upper()}/{name.upper()}.txt"
    try:
        with urllib.request.urlopen(address, timeout=_PATIENCE) as answer:
            content = answer.read(_LARGEST)
        _expect(name, content, address)
        with put(path) as new:
            new.write_bytes(content)
    except (OSError, HTTPException) as error:
        raise DataError(
            f"{name} is not on this machine and could not be downloaded ({error}): put {name.upper()}.txt of {_ORIGIN} "
            "into graphs below the folder that CONDENSET_DATA names"
        ) from error


def _expect(name: str, content: bytes, where: str) -> None:
    """Raises `DataError` where a content is not the one that was released. Args: where, it was found."""
    if (found := hashlib.sha256(content).hexdigest()) != _SHA256[name]:
        raise DataError(
            f"{where} is not the file of {name} that was released (its SHA-256 is {found}): remove it and fetch it "
            f"again from {_ORIGIN}, or give graphs of your own by their path"
        )
