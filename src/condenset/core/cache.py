"""Where reusable things are kept on this machine: decoded images, downloads, expert trajectories."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    yield part
    part.replace(path)
