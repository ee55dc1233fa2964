"""Kills runs at random file operations and random moments, resumes them, and looks for what should not be.

`python -m tests.end_to_end.kills --kills 100 --seed 0`; exit code 1 where the bytes differ or something is left.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import psutil

from condenset.run.executors.scratch import scratch

_PATIENCE = 90.0  # seconds until what was killed is gone: Ray's agents first try for 60 to tell a server that is gone
_HANG = 600.0
_STEPS = ("--per-class", "1", "--checkpoint-every", "0.01s")
_MTT = ("iris", "--method", "mtt", "--set", "steps=10", "--set", "source.experts.count=2", *_STEPS)
RUNS: dict[str, tuple[str, ...]] = {
    "dm": ("iris", "--method", "dm", "--set", "steps=60", *_STEPS),
    "dc": ("iris", "--method", "dc", "--set", "steps=10", *_STEPS),
    "kip": ("iris", "--method", "kip", "--set", "steps=40", *_STEPS),
    "relabel": ("iris", "--method", "relabel", *_STEPS),
    "mtt": _MTT,
    "mtt, processes": (*_MTT, "--executor", "processes", "--workers", "2"),
    "mtt, ray": (*_MTT, "--executor", "ray", "--workers", "1"),
}
# What a run begins with, so that it is killed by itself before the n-th of its file operations that change anything.
_AT_OPERATION = """
import os, signal, sys
left = int(sys.argv.pop(1))
def hook(event, args):
    global left
    changes = event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate")
    if changes or event == "open" and isinstance(args[1], str) and args[1][:1] in ("w", "a", "x"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
from condenset.run.cli import main
sys.exit(main())
"""


@dataclass(frozen=True)
class Kill:
    """One trial: a run, killed before its n-th change of files where that is given, else after some seconds."""

    run: str
    operation: int | None
    seconds: float

    @staticmethod
    def drawn(random: Random, runs: Sequence[str] = tuple(RUNS)) -> Kill:
        """Any run, at any moment."""
        operation = random.randint(1, 150) if random.random() < 0.5 else None
        return Kill(random.choice(runs), operation, random.uniform(1.0, 15.0))

    def faults(self) -> list[str]:
        """Kill, resume, compare; what was wrong."""
        with tempfile.TemporaryDirectory(prefix="k-", dir="/tmp") as folder:
            here = Path(folder)
            (here / "t").mkdir()
            found = [f"a process is left: {process}" for process in self._killed(here)]
            resumed = _command(self.run, here, "--resume")
            if resumed.wait(_HANG) and not (here / "set/card.json").exists():  # it may have been finished
                return [*found, f"resuming ended with exit code {resumed.returncode}"]
            if (here / "set/data.safetensors").read_bytes() != _expected(self.run):
                found.append("other bytes after it was resumed")
            left = [
                path.name for path in (here / "set").iterdir() if path.name.startswith(".") or "checkpoint" in path.name
            ]
            with _temporary(here / "t"), scratch():
                pass
            return [*found, *(f"{name} is left" for name in (*left, *(path.name for path in (here / "t").iterdir())))]

    def _killed(self, here: Path) -> list[psutil.Process]:
        """Begin the run and kill it, or let it end where it is sooner; processes that outlive it."""
        program = _command(self.run, here, operation=self.operation)
        family: dict[int, psutil.Process] = {}
        deadline = time.monotonic() + (_HANG if self.operation else self.seconds)
        while program.poll() is None and time.monotonic() < deadline:
            family |= {child.pid: child for child in _children(program.pid)}
            time.sleep(0.05)
        program.send_signal(signal.SIGKILL)
        program.wait()
        return psutil.wait_procs(list(family.values()), _PATIENCE)[1]


def _children(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _command(run: str, here: Path, *words: str, operation: int | None = None) -> subprocess.Popen[bytes]:
    how = ["-c", _AT_OPERATION, str(operation)] if operation else ["-m", "condenset"]
    environment = os.environ | {"CONDENSET_CACHE": str(here / "cache"), "TMPDIR": str(here / "t")}
    environment["TORCHINDUCTOR_CACHE_DIR"] = str(Path(tempfile.gettempdir(), "torchinductor_kills"))  # kept on purpose
    command = [sys.executable, *how, "distill", *RUNS[run], "--out", "set", *words]
    silent = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=here, env=environment, stdout=silent, stderr=silent)


@cache
def _expected(run: str) -> bytes:
    """The bytes of a run that is left alone; workers change none of them."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "t").mkdir()
        _command(run.partition(",")[0], here).wait()
        return (here / "set/data.safetensors").read_bytes()


@contextmanager
def _temporary(folder: Path) -> Iterator[None]:
    """The temporary folder of this process, for the block."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def main() -> int:
    """So many kills, one after another."""
    options = argparse.ArgumentParser(prog="python -m tests.end_to_end.kills")
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--seconds", type=float, default=float("inf"), help="stop after so many")
    given, done, bad = options.parse_args(), 0, 0
    began = time.monotonic()
    while done < given.kills and time.monotonic() - began < given.seconds:
        kill = Kill.drawn(Random(f"{given.seed}/{done}"))
        found, done = kill.faults(), done + 1
        bad += bool(found)
        sys.stdout.write(f"{done}: {kill}: {'; '.join(found) or 'the same bytes, nothing left'}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{done} kills of seed {given.seed}: {bad} with faults\n")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
