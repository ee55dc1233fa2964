"""How much memory data may take before they are read from disk instead."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import psutil

_CONTAINER = Path("/sys/fs/cgroup/memory.max")  # Linux, control groups of version 2


def half_of_memory() -> int:
    """Half of the bytes that this machine has, or the container that limits this process.

    Of what there is and not of what is free now: a run that is resumed must hold its data as it did before.
    """
    total = psutil.virtual_memory().total
    with suppress(OSError, ValueError):  # no container, or one without a limit
        total = min(total, int(_CONTAINER.read_text()))
    return total // 2
