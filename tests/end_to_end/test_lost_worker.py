"""A worker that is killed in the middle of a comparison costs nothing but time: the same table, nothing done twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from condenset.artifact.folder import RunFolder

STEPS = 3000  # of dm
GRID = (
    *("compare", "iris", "--methods", "dm,random", "--per-class", "1,2", "--exam", "quick"),
    *("--networks", "logistic,mlp:width=8", "--repeats", "2", "--baselines", "random", "--json"),
)
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def started(here: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "condenset", *GRID, *words]
    return subprocess.Popen(command, cwd=here, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)


def scores(program: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """The table without how long it took."""
    out, _ = program.communicate(timeout=500)
    assert program.returncode == 0
    return [{key: value for key, value in row.items() if key != "train_s"} for row in json.loads(out)["rows"]]


def begun(table: Path) -> list[Path]:
    """Cells that are some hundred steps into their run."""
    return [log.parent for log in table.glob("dm-*/log.jsonl") if 300 < len(log.read_bytes().splitlines()) < STEPS]


def busiest_worker(program: subprocess.Popen[str]) -> psutil.Process:
    family = psutil.Process(program.pid).children(recursive=True)
    workers = [p for p in family if any(word in " ".join(p.cmdline()) for word in ("spawn_main", "ray::"))]
    return max(workers, key=lambda process: process.cpu_times().user)


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["processes", "ray"])
def test_the_table_is_the_same_bit_for_bit(executor: str, tmp_path: Path) -> None:
    if executor == "ray":
        pytest.importorskip("ray")
    program = started(tmp_path, "--executor", executor, "--workers", "2", "--out", "table")
    deadline = time.monotonic() + 200
    while not begun(tmp_path / "table") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert begun(tmp_path / "table"), "it took too long, or was over too soon"
    family = psutil.Process(program.pid).children(recursive=True)
    finished = {path: path.stat().st_mtime_ns for path in tmp_path.glob("table/*/data.safetensors")}
    busiest_worker(program).send_signal(signal.SIGKILL)
    found = scores(program)

    assert found == scores(started(tmp_path, "--out", "alone"))
    assert {row["name"] for row in found} == {"distilled", "random", "majority class"}
    assert {path: path.stat().st_mtime_ns for path in finished} == finished
    for cell in tmp_path.glob("table/*/"):
        assert (cell / "data.safetensors").read_bytes() == (
            tmp_path / "alone" / cell.name / "data.safetensors"
        ).read_bytes()
    for cell in tmp_path.glob("table/dm-*"):
        assert [line["step"] for line in RunFolder(cell).lines()] == list(range(1, STEPS + 1))
    _, alive = psutil.wait_procs(family, 30)
    assert alive == []
