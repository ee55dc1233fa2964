"""Rows that follow from the content of what they are made of: made once, and found again by its hash."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from jaxtyping import Float
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from condenset.core.cache import put

_DIGEST = 16  # bytes
_MOST = 2**31  # bytes of rows in memory, after which it begins anew
_WORTH = 64  # rows that a file is written for


class RowMemo:
    """Rows (d,) of examples, in memory and in a folder that runs share.

    A file that is damaged is not used.
    """

    def __init__(self, folder: Path) -> None:
        """Args: folder, where files of rows are; it may not exist yet."""
        self._folder = folder
        self._rows: dict[bytes, Tensor] = {}
        for path in sorted(folder.glob("*.safetensors")):
            with contextlib.suppress(OSError, SafetensorError, KeyError, ValueError):
                held = load_file(path)
                self._remember([bytes(key) for key in held["keys"].numpy()], held["rows"])

    def of(self, contents: Sequence[bytes | memoryview], make: Callable[[list[int]], Tensor]) -> Float[Tensor, "n d"]:
        """The rows of what has these contents, on the CPU. Args: make, `places -> rows` of those not known."""
        keys = [hashlib.blake2b(content, digest_size=_DIGEST).digest() for content in contents]
        found = {key: self._rows[key] for key in keys if key in self._rows}
        new = {key: place for place, key in enumerate(keys) if key not in found}
        if new:
            rows = make(list(new.values())).cpu()
            found.update(zip(new, rows, strict=True))
            self._remember(list(new), rows)
            if len(new) >= _WORTH:
                self._keep(list(new), rows)
        return torch.stack([found[key] for key in keys])

    def _remember(self, keys: list[bytes], rows: Tensor) -> None:
        if len(keys) != len(rows):
            raise ValueError(f"{len(keys)} keys of {len(rows)} rows")
        if (len(self._rows) + len(rows)) * rows[0].nbytes > _MOST:
            self._rows.clear()
        self._rows.update(zip(keys, rows, strict=True))

    def _keep(self, keys: list[bytes], rows: Tensor) -> None:
        held = {"keys": torch.frombuffer(bytearray(b"".join(keys)), dtype=torch.uint8).view(-1, _DIGEST), "rows": rows}
        name = hashlib.blake2b(b"".join(keys), digest_size=_DIGEST).hexdigest()
        with contextlib.suppress(OSError, SafetensorError), put(self._folder / f"{name}.safetensors") as part:
            save_file(held, part)
