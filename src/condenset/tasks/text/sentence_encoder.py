"""A pretrained encoder of sentences, from a folder on this machine, by the library sentence-transformers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.cache import cache_folder
from condenset.core.errors import DataError, MissingExtraError
from condenset.core.row_memo import RowMemo


@dataclass(frozen=True)
class SentenceEncoder:
    """A frozen model.

    Attributes:
        folder: that holds it, as the library saves models.
        model: opened from there.
    """

    folder: Path
    model: Any

    @classmethod
    def of(cls, folder: Path) -> SentenceEncoder:
        """Opened without a network. Raises `DataError` for what holds no model, `MissingExtraError`."""
        if not (folder / "modules.json").is_file():
            raise DataError(f"{folder} holds no modules.json: give the folder of a sentence-transformers model")
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise MissingExtraError("sentence_transformers", "text") from error
        try:
            return cls(folder, SentenceTransformer(str(folder), device="cpu", local_files_only=True))
        except (OSError, ValueError, KeyError) as error:
            raise DataError(f"{folder} holds no model that can be opened ({error}): download it again") from error

    def vectors(self, texts: Sequence[str]) -> Float[np.ndarray, "n d"]:
        """(texts, d) of unit length, float32; what this model has read on this machine is found again."""
        contents = [text.encode("utf-8") for text in texts]
        rows: np.ndarray = self._memo.of(contents, lambda new: self._read([texts[place] for place in new])).numpy()
        return rows

    @cached_property
    def _memo(self) -> RowMemo:
        return RowMemo(cache_folder() / "encoded" / self.record()["sha256"])

    def _read(self, texts: list[str]) -> Tensor:
        rows = self.model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        return torch.from_numpy(np.asarray(rows, dtype=np.float32))

    def record(self) -> dict[str, Any]:
        """Its folder's name, and the SHA-256 of all its files."""
        digest, size = hashlib.sha256(), 0
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        for path in files:
            content = path.read_bytes()
            digest.update(f"{path.relative_to(self.folder).as_posix()} {len(content)}\n".encode() + content)
            size += len(content)
        return {"name": self.folder.resolve().name, "bytes": size, "sha256": digest.hexdigest()}
