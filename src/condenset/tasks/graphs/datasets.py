"""The graphs that are known by name: where they lie or are downloaded from, held against what was released."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from condenset.core.cache import cache_folder
from condenset.core.errors import DataError
from condenset.core.untrusted_file import is_regular, read_regular
from condenset.tasks.reading.download import download

_ORIGIN = "https://github.com/muhanzhang/pytorch_DGCNN/raw/master/data"
_LARGEST = 16 * 2**20  # bytes of a file; the larger of the two has 642 021
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
    file = f"{name.upper()}.txt"
    address = f"{_ORIGIN}/{name.upper()}/{file}"
    instead = f"{file} of {_ORIGIN} into graphs"
    download(address, path, _LARGEST, lambda content: _expect(name, content, address), name, instead)


def _expect(name: str, content: bytes, where: str) -> None:
    """Raises `DataError` where a content is not the one that was released. Args: where, it was found."""
    if (found := hashlib.sha256(content).hexdigest()) != _SHA256[name]:
        raise DataError(
            f"{where} is not the file of {name} that was released (its SHA-256 is {found}): remove it and fetch it "
            f"again from {_ORIGIN}, or give graphs of your own by their path"
        )
