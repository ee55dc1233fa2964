"""This process on its machine: how its threads wait, what its allocator keeps, how much memory it may take and took.

A thread of OpenMP that waits for the others spins meanwhile. Where other programs compute, too, it takes the cores that
those it waits for would run on: on two cores with two other programs the demo took more than ten minutes, and 79
seconds where threads sleep; alone it takes half a minute either way.

glibc returns large freed blocks to the system at once, so that every activation of a network faults its pages in
again: two fifths of the time of a forward pass on a CPU.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4  # names of glibc's mallopt
_KEPT = {_MMAP_MAX: 0, _TRIM_THRESHOLD: 2**31 - 1, _TOP_PAD: 2**26}  # blocks; bytes, bytes
_SYSTEM = {_MMAP_MAX: 65536, _TRIM_THRESHOLD: 2**17, _TOP_PAD: 2**17}  # what glibc begins with
_CONTAINER = Path("/sys/fs/cgroup/memory.max")  # Linux, control groups of version 2
_STATUS = Path("/proc/self/status")  # Linux
_CLEAR = Path("/proc/self/clear_refs")  # Linux


def wait_asleep() -> None:
    """Let threads sleep while they wait, but where the environment says how they are to.

    For programs that own their process, before PyTorch is imported, which reads it once.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def keep_freed_memory() -> None:
    """Let this process keep what it freed for what it allocates next; its peak stays as it is.

    For programs that own their process, such as the command line; a library does not decide this for its host. Does
    nothing where the C library is another.
    """
    _set(_KEPT)


def give_back_freed_memory() -> None:
    """Undo `keep_freed_memory`, to measure what it is worth."""
    _set(_SYSTEM)


def trim() -> None:
    """Give back once what was freed until now, where the C library can."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _set(options: Mapping[int, int]) -> None:
    with suppress(OSError, AttributeError):
        set_option = ctypes.CDLL(None).mallopt
        for option, value in options.items():
            set_option(option, value)


def half_of_memory() -> int:
    """Half of the bytes that this machine has, or the container that limits this process.

    Of what there is and not of what is free now: a run that is resumed must hold its data as it did before.
    """
    import psutil  # the command line imports this module to answer --help, which needs none

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
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    import resource  # there is none on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS


def forget_peak() -> None:
    """Let `peak_memory` begin anew with what is held now; without effect where the system knows no such thing."""
    trim()  # what was freed and kept is resident still
    with suppress(OSError):
        _CLEAR.write_text("5")
