"""The memory that data may take: of the machine, or of the container."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import torch

from condenset.core import memory


@pytest.mark.parametrize(("limit", "expected"), [("4096\n", 2048), ("max\n", None), (None, None)])
def test_half_of_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str | None, expected: int | None
) -> None:
    monkeypatch.setattr(memory, "_CONTAINER", tmp_path / "memory.max")
    if limit is not None:
        (tmp_path / "memory.max").write_text(limit)
    assert memory.half_of_memory() == (expected or psutil.virtual_memory().total // 2)


def test_a_process_does_not_begin_with_its_parents_peak() -> None:
    """As getrusage would have it on Linux, so that runs side by side would all report the largest."""
    held = torch.ones(100 * 2**20)  # 400 MB
    ours = memory.peak_memory()
    assert ours > held.nbytes
    ask = "from condenset.core.memory import peak_memory; print(peak_memory())"
    theirs = int(subprocess.run([sys.executable, "-c", ask], capture_output=True, check=True).stdout)
    assert 10 * 2**20 < theirs < ours - held.nbytes // 2


_PROBE = """
import sys, torch
from condenset.core.allocator import keep_freed_memory
from condenset.core.memory import forget_peak, peak_memory
if sys.argv[1] == "keep":
    keep_freed_memory()
held, freed = torch.ones(50 * 2**20), torch.ones(100 * 2**20)
del freed
before = peak_memory()
forget_peak()
print(before, peak_memory(), held.nbytes)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="another system keeps a process's peak")
@pytest.mark.parametrize("how", ["keep", "leave"])
def test_a_peak_is_forgotten_but_not_what_is_still_held(how: str) -> None:
    """Also where the process keeps what it frees, as the command line does."""
    told = subprocess.run([sys.executable, "-c", _PROBE, how], capture_output=True, text=True, check=True).stdout
    before, after, held = map(int, told.split())
    assert held < after < before - 350 * 2**20  # of 400 MiB that were freed
