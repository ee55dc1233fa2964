"""The process's memory allocator.

glibc returns large freed blocks to the system at once, so that every activation of a network faults its pages in
again: two fifths of the time of a forward pass on a CPU.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4  # names of glibc's mallopt
_NEVER, _PAD = 2**31 - 1, 2**26  # bytes


def keep_freed_memory() -> None:
    """Let this process keep what it freed for what it allocates next; its peak stays as it is.

    For programs that own their process, such as the command line; a library does not decide this for its host. Does
    nothing where the C library is another.
    """
    with suppress(OSError, AttributeError):
        set_option = ctypes.CDLL(None).mallopt
        for option, value in ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, _NEVER), (_TOP_PAD, _PAD)):
            set_option(option, value)
