"""The process's memory allocator.

glibc returns large freed blocks to the system at once, so that every activation of a network faults its pages in
again: two fifths of the time of a forward pass on a CPU.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from contextlib import suppress

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4  # names of glibc's mallopt
_KEPT = {_MMAP_MAX: 0, _TRIM_THRESHOLD: 2**31 - 1, _TOP_PAD: 2**26}  # blocks; bytes, bytes
_SYSTEM = {_MMAP_MAX: 65536, _TRIM_THRESHOLD: 2**17, _TOP_PAD: 2**17}  # what glibc begins with


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
