"""Freed memory stays in the process, so that large blocks do not fault in again."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

_PROBE = """
import resource, sys, torch
from condenset.core.allocator import keep_freed_memory
if sys.argv[1] == "keep":
    keep_freed_memory()
for _ in range(3):
    torch.ones(2**24)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    torch.ones(2**24)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="only glibc gives freed blocks back at once")
def test_blocks_of_64_mib_fault_in_once_instead_of_every_time() -> None:
    faults = {
        how: int(subprocess.run([sys.executable, "-c", _PROBE, how], capture_output=True, text=True, check=True).stdout)
        for how in ("keep", "leave")
    }
    assert faults["keep"] < faults["leave"] / 10
