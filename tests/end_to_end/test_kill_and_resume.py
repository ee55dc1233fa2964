"""A run that is killed at random moments, again and again, ends with the bytes of one that was left alone."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from condenset.artifact.folder import RunFolder
from tests.run.conftest import Cli, cli

__all__ = ["cli"]
STEPS = 120  # each kill comes within the first fifty of a start, however fast the machine is
RUN = (
    *("iris", "--method", "dm", "--per-class", "2", "--set", f"steps={STEPS}"),
    *("--set", "source.size=3", "--checkpoint-every", "0.01s"),
)
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "condenset", "distill", *words]


def logged(log: Path) -> int:
    return len(log.read_bytes().splitlines()) if log.exists() else 0


def killed(words: list[str], here: Path, log: Path, after: int) -> None:
    """Starts a run and kills it once it has logged `after` further steps."""
    before = logged(log)
    process = subprocess.Popen(words, cwd=here, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if logged(log) >= before + after:
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.001)
    process.wait()


@pytest.mark.parametrize("seed", [0])
def test_a_killed_run_ends_with_the_same_bytes(cli: Cli, tmp_path: Path, seed: int) -> None:
    moments = random.Random(seed)
    log = tmp_path / "cut" / "log.jsonl"
    for _ in range(2):
        resumed = ("--resume",) if log.exists() else ()
        killed(command(*RUN, "--out", "cut", *resumed), tmp_path, log, moments.randint(1, 50))
    done = len(RunFolder(tmp_path / "cut").lines())
    for words in (("--resume", "--out", "cut"), (*RUN, "--out", "whole")):
        assert cli("distill", *words).code == 0
    assert 0 < done < STEPS
    cut, whole = ((tmp_path / name / "data.safetensors").read_bytes() for name in ("cut", "whole"))
    assert cut == whole
    assert [line["step"] for line in RunFolder(tmp_path / "cut").lines()] == list(range(1, STEPS + 1))
    assert not list((tmp_path / "cut").glob("*partial*")) and not list((tmp_path / "cut").glob("*checkpoint*"))
