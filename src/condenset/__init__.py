"""Distil any dataset into a tiny synthetic one, and prove what it is worth."""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "distill": "condenset.run.distill",
    "evaluate": "condenset.run.evaluate",
    "load": "condenset.artifact",
    "open_task": "condenset.tasks.catalogue",
    "Condenser": "condenset.uses.sampler",
    "Size": "condenset.core.budget",
}
__all__ = ["Condenser", "Size", "__version__", "distill", "evaluate", "load", "open_task"]


def __getattr__(name: str) -> Any:
    """Public names, imported on first use so that `import condenset` stays light."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'condenset' has no attribute {name!r}; public names are {', '.join(__all__)}")
    return getattr(importlib.import_module(_PUBLIC[name]), name)
