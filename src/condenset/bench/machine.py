"""What machine this is, as far as speed depends on it."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

import psutil
import torch

_STATUS = Path("/proc/self/status")


def peak_memory() -> int | None:
    """Most bytes that this process was resident with; None where the system does not tell.

    The peak of `resource.getrusage` will not do: Linux lets a new process begin with its parent's.
    """
    if not _STATUS.exists():
        return None
    line = next(line for line in _STATUS.read_text(encoding="utf8").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def describe() -> dict[str, Any]:
    """Processor, cores, threads, memory, versions: JSON-able."""
    return {
        "processor": platform.processor() or platform.machine(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "cores": f"{os.cpu_count()} cores",
        "threads": f"{torch.get_num_threads()} threads",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "python": f"Python {platform.python_version()}",
        "torch": f"PyTorch {torch.__version__}",
    }
