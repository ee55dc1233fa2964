"""Where reusable things are kept on this machine (decoded images, downloads, expert trajectories), and what tells data
apart by their content."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


def cache_folder() -> Path:
    """CONDENSET_CACHE, else the platform's cache folder for this library; it may not exist yet."""
    if chosen := os.environ.get("CONDENSET_CACHE"):
        return Path(chosen)
    home = Path.home()
    places = {"darwin": home / "Library" / "Caches", "win32": home / "AppData" / "Local"}
    base = os.environ.get("XDG_CACHE_HOME") or places.get(sys.platform, home / ".cache")
    return Path(base) / "condenset"


@contextmanager
def put(path: Path) -> Iterator[Path]:
    """A place to write, which becomes the file when the block ends well: others see all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def key_of(depends: Any) -> str:
    """The beginning of a SHA-256 over plain values, as JSON has them: what is kept under it depends on these."""
    return hashlib.sha256(json.dumps(depends, sort_keys=True).encode()).hexdigest()[:16]


def digest(*tensors: Tensor) -> str:
    """The beginning of a SHA-256 over the tensors' numbers, in their order."""
    hasher = hashlib.sha256()
    for tensor in tensors:
        hasher.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return hasher.hexdigest()[:16]
