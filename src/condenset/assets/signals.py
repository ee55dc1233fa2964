"""Real sides of signals on disk, shared by runs: what the data say under a network, found again by a hash of both."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from condenset.core.cache import put

_VERSION = version("condenset")


@dataclass(frozen=True)
class SignalStore:
    """Files of one real side each, tensors (groups, ...); the least recently used give way to new ones.

    A file that is damaged, of another version or under another name than its content has is not used and is replaced.

    Attributes:
        folder: where.
        limit: bytes that all files may take; 0 keeps nothing.
    """

    folder: Path
    limit: int

    def find(self, key: str) -> tuple[Tensor, ...] | None:
        """The tensors (groups, ...) kept under a key, on the CPU; None where there are none that can be used."""
        path = self._path(key)
        try:
            with safe_open(path, framework="pt") as file:
                if file.metadata() != self._identity(key):
                    return None
                tensors = tuple(file.get_tensor(str(number)) for number in range(len(file.keys())))
            os.utime(path)
        except (OSError, SafetensorError):
            return None
        return tensors

    def keep(self, key: str, tensors: Iterable[Tensor]) -> None:
        """Store tensors (groups, ...); without effect where they do not fit or the folder cannot be written."""
        named = {str(number): tensor.cpu().contiguous() for number, tensor in enumerate(tensors)}
        if sum(tensor.nbytes for tensor in named.values()) > self.limit:
            return
        with contextlib.suppress(OSError, SafetensorError):
            with put(self._path(key)) as part:
                save_file(named, part, metadata=self._identity(key))
            self._make_room()

    def _make_room(self) -> None:
        files = sorted(self.folder.glob("*.safetensors"), key=lambda path: path.stat().st_mtime, reverse=True)
        total = 0
        for path in files:
            total += path.stat().st_size
            if total > self.limit:
                path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.safetensors"

    def _identity(self, key: str) -> dict[str, str]:
        return {"signal": key, "condenset": _VERSION}


def content_key(tensors: Iterable[Tensor], *parts: object) -> str:
    """A key, 32 hex digits, that changes with shapes, dtypes and content of tensors and with further parts' `repr`."""
    digest = hashlib.sha256(repr(parts).encode())
    for tensor in tensors:
        digest.update(repr((tuple(tensor.shape), tensor.dtype)).encode())
        digest.update(tensor.detach().cpu().contiguous().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()[:32]
