"""Temporary folders go with their processes, those of killed ones with the next to begin."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from condenset.run.executors.scratch import scratch

PROGRAM = """
import sys, tempfile, time
tempfile.tempdir = sys.argv[1]
from condenset.run.executors.scratch import scratch
with scratch() as folder:
    (folder / "kept").write_text("x")
    print(folder, flush=True)
    time.sleep(600)
"""


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_has_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path)], stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout is not None
            theirs = Path(other.stdout.readline().strip())
            with scratch() as folder:
                assert folder.is_dir() and (theirs / "kept").exists()
            assert not folder.exists()
        finally:
            other.send_signal(signal.SIGKILL)
    assert (theirs / "kept").exists()
    with scratch():
        assert not theirs.exists()
    assert not list(tmp_path.iterdir())
