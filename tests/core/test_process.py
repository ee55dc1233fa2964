"""The process: its threads sleep while they wait, freed memory stays, and data may take half of what there is."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import torch

from condenset.core import process
from condenset.core.process import wait_asleep

POLICY = "OMP_WAIT_POLICY"


def test_what_the_user_said_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(POLICY, "ACTIVE")
    wait_asleep()
    assert os.environ[POLICY] == "ACTIVE"
    monkeypatch.delenv(POLICY)
    wait_asleep()
    assert os.environ[POLICY] == "PASSIVE"


def test_the_command_line_says_it_before_pytorch_is_there() -> None:
    said = "import os, sys; from condenset.run.cli import main; assert 'torch' not in sys.modules; main(['--version'])"
    code = f"{said}; print(os.environ['{POLICY}'], 'torch' in sys.modules)"
    environment = {name: value for name, value in os.environ.items() if name != POLICY}
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[-1] == "PASSIVE False"


_FAULT = """
import resource, sys, torch
from condenset.core.process import keep_freed_memory
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
        how: int(subprocess.run([sys.executable, "-c", _FAULT, how], capture_output=True, text=True, check=True).stdout)
        for how in ("keep", "leave")
    }
    assert faults["keep"] < faults["leave"] / 10


@pytest.mark.parametrize(("limit", "expected"), [("4096\n", 2048), ("max\n", None), (None, None)])
def test_half_of_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str | None, expected: int | None
) -> None:
    monkeypatch.setattr(process, "_CONTAINER", tmp_path / "memory.max")
    if limit is not None:
        (tmp_path / "memory.max").write_text(limit)
    assert process.half_of_memory() == (expected or psutil.virtual_memory().total // 2)


def test_a_process_does_not_begin_with_its_parents_peak() -> None:
    """As getrusage would have it on Linux, so that runs side by side would all report the largest."""
    held = torch.ones(100 * 2**20)  # 400 MB
    ours = process.peak_memory()
    assert ours > held.nbytes
    ask = "from condenset.core.process import peak_memory; print(peak_memory())"
    theirs = int(subprocess.run([sys.executable, "-c", ask], capture_output=True, check=True).stdout)
    assert 10 * 2**20 < theirs < ours - held.nbytes // 2


_PEAKS = """
import sys, torch
from condenset.core.process import forget_peak, keep_freed_memory, peak_memory
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
    told = subprocess.run([sys.executable, "-c", _PEAKS, how], capture_output=True, text=True, check=True).stdout
    before, after, held = map(int, told.split())
    assert held < after < before - 350 * 2**20  # of 400 MiB that were freed
