"""Where reusable things are kept on this machine."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """`CONDENSET_CACHE`, or condenset below the user's cache folder."""
    chosen = os.environ.get("CONDENSET_CACHE")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "condenset"
