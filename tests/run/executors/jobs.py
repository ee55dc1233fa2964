"""Functions that workers can import, and what they leave behind."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import torch

from condenset.core.errors import UnknownNameError

Told = tuple[int, int, int]


def told(shared: torch.Tensor, job: int) -> Told:
    """Process, place of what is shared, threads; the first jobs take longest."""
    time.sleep(0.3 / (1 + job))
    return os.getpid(), id(shared), torch.get_num_threads()


def product(shared: torch.Tensor, job: float) -> float:
    return float(shared.sum()) * job


def noted(folder: Path, job: int) -> int:
    """Leaves a line in a file for every time it is begun; a negative job ends its process at the first time."""
    path = folder / str(job)
    with path.open("a") as file:
        file.write(f"{os.getpid()}\n")
    if job < 0 and len(path.read_text().splitlines()) == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return job


def fatal(folder: Path, job: int) -> None:
    noted(folder, job)
    os._exit(3)


def refused(shared: None, job: str) -> None:
    raise UnknownNameError("number", job, ("one", "two"))


def endless(folder: Path, job: int) -> None:
    noted(folder, job)
    time.sleep(600)


def unsendable(shared: None, job: int) -> object:
    return lambda: job
