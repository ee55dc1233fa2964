"""One process at a time, and none after a crash."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from condenset.artifact.lock import LOCK_FILE, locked
from condenset.core.errors import RequestError

HOLDER = """
import sys, time
from pathlib import Path
from condenset.artifact.lock import locked
with locked(Path(sys.argv[1])):
    sys.stdout.write("held"), sys.stdout.flush()
    time.sleep(60)
"""


def test_a_folder_is_held_by_one_and_left_as_it_was(tmp_path: Path) -> None:
    with locked(tmp_path):
        with pytest.raises(RequestError, match="another process writes in"), locked(tmp_path):
            pass
        assert (tmp_path / LOCK_FILE).exists()
    with locked(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


def test_a_killed_process_lets_go(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.read(4) == b"held"
    with pytest.raises(RequestError, match="another process writes in"), locked(tmp_path):
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with locked(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


def test_a_lock_is_no_link(tmp_path: Path) -> None:
    (tmp_path / LOCK_FILE).symlink_to(tmp_path / "theirs")
    with pytest.raises(OSError, match="symbolic links"), locked(tmp_path):
        pass
    assert not (tmp_path / "theirs").exists()
