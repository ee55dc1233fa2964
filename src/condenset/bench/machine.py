"""What machine this is, as far as speed depends on it."""

from __future__ import annotations

import os
import platform
from typing import Any

import psutil
import torch


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
