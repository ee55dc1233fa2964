"""Where the files of the networks Cora, Citeseer and Pubmed lie, and whether they are those that were released."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from condenset.core.cache import cache_folder
from condenset.core.errors import DataError
from condenset.core.untrusted_file import is_regular, read_regular
from condenset.tasks.reading.known import download, expect_released

_ORIGIN = "https://github.com/kimiyoung/planetoid/raw/master/data"
_PARTS = ("x", "y", "allx", "ally", "tx", "ty", "graph", "test.index")
_FILE = re.compile(rf"ind\.(.+)\.({'|'.join(map(re.escape, _PARTS))})")
_LARGEST = 64 * 2**20  # bytes of a file; the largest released one has 6 million
_SHA256 = {
    "cora": {
        "x": "23cfa55d91c6f624233f5eb7b6e3f141f1bd2b2ae39608a63cf5d084bb27baab",
        "y": "94465c14eb53e04ca262198dcbb2521ee8af60fb3f3d546cd6ca24a511b0e7d1",
        "allx": "9419ba2f26f5c35243db64aba110e0f35a04851609e0dc5433450676ca6b8543",
        "ally": "2b998f5cc7fedc86e7f97ca2498f47a1ffc1462c29e2d578b23bf3f62b6e7d71",
        "tx": "b9afbaa4a400df991f6f02ef677e1e44da55ffc04801fd02f9e673987829226a",
        "ty": "41f5ac76596a1699cc33f53084a2419e92961c42bb75f36fc38e616d348532ad",
        "graph": "58f13302f39dde8852dad6fe6d15b89b077b6d7f837626bce671ef80344b383d",
        "test.index": "297ce89af2b51a6a194181c7dbe1796c6a1cf9cd9349a88383b1b1e227867875",
    },
    "citeseer": {
        "x": "d20de19150741e555de0ed037195630fc194114ebc7fd72ced62810148aa22f6",
        "y": "8ba87e515d8e3ee3cf52f6d2c5b86aa73f11ecad825a808455209ec26cd54924",
        "allx": "2ac30345d95c9ec933a817ee0bdd6a5f077f8c184a20e696910192d534414668",
        "ally": "f704b2d986dde6c2669934de1f3ae5696a6cf9455c0f6b2646a2d135ea0a1c95",
        "tx": "539a8906a2da97628d212f2fdd668c109a8b3f0d36574b59e5d3fd5b5303da21",
        "ty": "55e5bd1ba1e733a04598753ad1a8d57957f4b8f89e74519f41f4f4938767e4ce",
        "graph": "d79a4ef9d3e7169aee8946145f6b7306e35bc79bffad26346cfb94e10e9912a7",
        "test.index": "2af990671580b6b2df5d158d1038f8292e30c9cd821b5453f399659b25b723d4",
    },
    "pubmed": {
        "x": "fbe9cb5c47200d1b7769a26e579be3b7130b556831f9d850e77c4c74f2599b33",
        "y": "e6c807633307a07ed659249006536a147c7999c797f11a2560752990181b41b3",
        "ally": "0c37bbe3b5014ec365e9d393cf4791925e5ed94fb194305d74f064a8d7b50f0e",
        "tx": "4eb5f5d0f30f26497eb0ac6ac9719d09c67e284f1ed0385c93f3ef27a671da3d",
        "ty": "ee2e0d4819d9fbcc403689c3bf2e49face401b605932f093bc58ab6461130fdd",
        "graph": "5b89f0036ca22909471f1e6558eb42fa06e0c730a577bde5b058b40638f81dc9",
        "test.index": "b101d421688bbaecbd82e8a18f1e282378d6830f3a37666f28ebc47f844341b5",
    },
}  # of the files as they were released; of Pubmed's allx none was at hand
NAMES = tuple(_SHA256)


@dataclass(frozen=True)
class NetworkFiles:
    """The eight files `ind.<name>.*` of a network.

    Attributes:
        folder: where they lie.
        name: of the network.
        sha256: of files by their part ("allx"), hexadecimal, where the network is a known one.
    """

    folder: Path
    name: str
    sha256: Mapping[str, str] = field(default_factory=dict)

    def path(self, part: str) -> Path:
        """Of the file of a part."""
        return self.folder / f"ind.{self.name}.{part}"

    def there(self) -> list[Path]:
        """Those of the files that are there."""
        return [path for part in _PARTS if is_regular(path := self.path(part))]

    def read(self, part: str) -> bytes:
        """The content of a file. Raises `DataError` where it is missing or is not the one that was released."""
        path = self.path(part)
        try:
            content = read_regular(path, _LARGEST)
        except FileNotFoundError as error:
            raise DataError(f"{path} is missing: a Planetoid network has eight files ind.<name>.*") from error
        except OSError as error:
            raise DataError(f"{path} cannot be read ({error}): fetch it again") from error
        self.expect(part, content, str(path))
        return content

    def expect(self, part: str, content: bytes, where: str) -> None:
        """Raises `DataError` where a content is not the one that was released. Args: where, it was found."""
        again = f"remove it and fetch it again from {_ORIGIN}, or give a network of your own by its path"
        expect_released(content, self.sha256.get(part), self.name, where, f"it is damaged or altered; {again}")


def locate(source: str) -> NetworkFiles | None:
    """The files of the network that a known name means, or that lie in a folder or in its folder `raw`.

    Those of a known name lie in `planetoid/<name>/raw` below the folder in CONDENSET_DATA, or are downloaded to there
    below CONDENSET_CACHE (default: condenset below the user's cache folder), and are held against what was released.
    None where there is none. Raises `DataError` for a folder of several networks and for a download that failed.
    """
    if source in NAMES:
        return _known(source)
    for folder in (Path(source), Path(source) / "raw"):
        names = sorted({match[1] for file in folder.glob("ind.*") if (match := _FILE.fullmatch(file.name))})
        if len(names) > 1:
            raise DataError(f"{folder} holds the networks {', '.join(names)}: give each a folder of its own")
        if names:
            return NetworkFiles(folder, names[0])
    return None


def _known(name: str) -> NetworkFiles:
    place, root = Path("planetoid", name, "raw"), os.environ.get("CONDENSET_DATA")
    if root and (folder := Path(root) / place).is_dir():
        return NetworkFiles(folder, name, _SHA256[name])
    files = NetworkFiles(cache_folder() / place, name, _SHA256[name])
    for part in _PARTS:
        if not is_regular(path := files.path(part)):
            address, expect = f"{_ORIGIN}/{path.name}", partial(files.expect, part, where=f"{_ORIGIN}/{path.name}")
            download(address, path, _LARGEST, expect, name, f"its eight raw files into {place}")
    return files
