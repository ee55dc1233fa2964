"""The rehearsal of a large set, with few classes: killed in its second shard, it ends as one that was left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from condenset.artifact import read
from condenset.bench.shards import command, write


@pytest.mark.slow
def test_a_killed_rehearsal_ends_with_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path / "data", 12)
    environment = {**os.environ, "CONDENSET_CACHE": str(tmp_path / "cache"), "OMP_NUM_THREADS": "1"}

    def run(out: str) -> subprocess.Popen[bytes]:
        words = command(tmp_path / "data", tmp_path / out, shards=3)
        return subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    first, second = (tmp_path / "cut" / "shards" / number for number in ("0000", "0001"))
    process, deadline = run("cut"), time.monotonic() + 300
    while process.poll() is None and not (second / "log.jsonl").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    made = (first / "card.json").stat().st_mtime_ns
    assert not (second / "card.json").exists()
    assert [run(out).wait() for out in ("cut", "whole")] == [0, 0]
    cut, whole = ((tmp_path / name / "data.safetensors").read_bytes() for name in ("cut", "whole"))
    assert cut == whole
    assert (first / "card.json").stat().st_mtime_ns == made, "the first shard was not made again"
    views = read(tmp_path / "cut").synthetic.views
    assert views is not None and views.said.shape == (120, 2, 12)
