"""How much memory data may take before they are read from disk instead, and how much this process took."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import psutil

from condenset.core.allocator import trim

_CONTAINER = Path("/sys/fs/cgroup/memory.max")  # Linux, control groups of version 2
_STATUS = Path("/proc/self/status")  # Linux
_CLEAR = Path("/proc/self/clear_refs")  # Linux


def half_of_memory() -> int:
    """Half of the bytes that this machine has, or the container that limits this process.

    Of what there is and not of what is free now: a run that is resumed must hold its data as it did before.
    """
    total = psutil.virtual_memory().total
    with suppress(OSError, ValueError):  # no container, or one without a limit
        total = min(total, int(_CONTAINER.read_text()))
    return total // 2


def peak_memory() -> int:
    """Most bytes that this process was ever resident with, or since `forget_peak`."""
    if _STATUS.exists():  # where getrusage will not do: Linux lets a new process begin with its parent's peak
        line = next(line for line in _STATUS.read_text(encoding="utf8").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    import resource  # there is none on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS


def forget_peak() -> None:
    """Let `peak_memory` begin anew with what is held now; without effect where the system knows no such thing."""
    trim()  # what was freed and kept is resident still
    with suppress(OSError):
        _CLEAR.write_text("5")
