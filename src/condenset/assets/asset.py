"""Where what a set is made with is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Protocol, runtime_checkable

from condenset.core.asset import Asset
from condenset.core.execution import Executor
from condenset.tasks.task import Task


@runtime_checkable
class AssetStore(Protocol):
    """Where assets of one setting are kept, and made where they are missing."""

    def train_missing(self, executor: Executor) -> None:
        """Make every asset that is not there yet."""

    def assets(self) -> list[Asset]:
        """Those that are there, as a card lists them."""


@runtime_checkable
class ReadsAssets(Protocol):
    """A part of a recipe that reads assets."""

    def stores(self, task: Task) -> Sequence[AssetStore]:
        """The stores that the part reads its assets of a task from."""


def file_asset(name: str, path: Path, licence: str = "as the data that it was trained on") -> Asset:
    """The asset that condenset keeps in a safetensors file. Raises `OSError` where it is missing."""
    with path.open("rb") as file:
        header = int.from_bytes(file.read(8), "little")
        file.seek(8 + header)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Asset(name, digest, path.stat().st_size, licence, f"condenset {version('condenset')}")
