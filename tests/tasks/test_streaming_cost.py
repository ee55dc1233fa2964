"""A step costs the same time and the process the same memory whatever the number of rows on disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def measured(kind: str, rows: int, folder: Path) -> dict[str, float]:
    """In a process of its own, of which the first writes the data and fills the cache."""
    environment = os.environ | {"CONDENSET_CACHE": str(folder / "cache"), "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "tests.tasks.streaming_cost", kind, str(rows), str(folder / f"{kind}-{rows}")]
    for _ in range(2):
        told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    return json.loads(told)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["table", "image"])
def test_step_time_and_memory_do_not_grow_with_the_rows(tmp_path: Path, kind: str) -> None:
    few, many = (measured(kind, rows, tmp_path) for rows in (60_000, 600_000))
    assert many["rows"] == pytest.approx(540_000, rel=1e-3) == 10 * few["rows"]
    assert many["step_cpu_s"] < 1.2 * few["step_cpu_s"]
    assert many["rss"] < 1.2 * few["rss"]
