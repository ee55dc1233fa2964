"""The command under torchrun: the same table as in one process, errors of other processes told, and none left over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import condenset
from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.run.executors import opened

RUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")


def run(starter: tuple[str, ...], *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command line with one thread and a cache of its own."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "CONDENSET_CACHE": str(folder / f"cache-{len(starter)}")}
    command = [*starter, "-m", "condenset", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=200)


def scores(done: subprocess.CompletedProcess[str]) -> list[Any]:
    assert done.returncode == 0, done.stderr
    return [(row["name"], row["network"], row["scores"]) for row in json.loads(done.stdout)["rows"]]


@pytest.mark.slow
def test_two_processes_score_as_one_does(tmp_path: Path) -> None:
    """Five repeats, so that the last round has a job for one process alone."""
    condenset.distill("iris", "k-means", size=Size(per_class=2), out=tmp_path / "set")
    asked = ("evaluate", str(tmp_path / "set"), "--exam", "quick", "--networks", "mlp:width=8,forest")
    asked = (*asked, "--baselines", "random", "--repeats", "5", "--json")
    alone = scores(run((sys.executable,), *asked, folder=tmp_path))
    together = scores(run(RUN, *asked, "--executor", "torchrun", folder=tmp_path))
    assert alone == together
    assert len(alone) == 5, "and a guess"


def test_it_has_to_be_started_by_torchrun() -> None:
    with pytest.raises(RequestError, match="needs torchrun to start the command"), opened("torchrun"):
        pass
