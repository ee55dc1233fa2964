"""The graphs that are known by name: where they lie or are downloaded from, held against what was released."""

from __future__ import annotations

import os
from pathlib import Path

from condenset.core.cache import cache_folder
from condenset.core.untrusted_file import is_regular, read_regular
from condenset.tasks.reading.known import download, expect_released

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
    path = Path(root) / place if root and is_regular(Path(root) / place) else cache_folder() / place
    if not is_regular(path):
        address, instead = f"{_ORIGIN}/{name.upper()}/{place.name}", f"{place.name} of {_ORIGIN} into graphs"
        download(address, path, _LARGEST, lambda content: _expect(name, content, address), name, instead)
    _expect(name, read_regular(path, _LARGEST), str(path))
    return path


def _expect(name: str, content: bytes, where: str) -> None:
    mend = f"remove it and fetch it again from {_ORIGIN}, or give graphs of your own by their path"
    expect_released(content, _SHA256[name], name, where, mend)
