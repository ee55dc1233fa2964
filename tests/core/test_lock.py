"""One process at a time, and none after a crash."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from condenset.core.errors import RequestError
from condenset.core.lock import LOCK_FILE, locked, once

HOLDER = """
import sys, time
from pathlib import Path
from condenset.core.lock import locked
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


def test_a_file_is_made_by_the_first_and_found_by_who_waited(tmp_path: Path) -> None:
    """Two who want the same file at once: were it not for turns, both would find that it is missing."""
    made, together, path = [], threading.Barrier(4), tmp_path / "new" / "file"

    def make() -> None:
        made.append(threading.get_ident())
        threading.Event().wait(0.2)
        path.write_text("whole")

    def want() -> None:
        together.wait()
        once(path, make)
        assert path.read_text() == "whole"

    wanting = [threading.Thread(target=want) for _ in range(4)]
    for thread in wanting:
        thread.start()
    for thread in wanting:
        thread.join()
    assert len(made) == 1 and [left.name for left in path.parent.iterdir()] == ["file"]


def test_a_lock_is_no_link(tmp_path: Path) -> None:
    (tmp_path / LOCK_FILE).symlink_to(tmp_path / "theirs")
    with pytest.raises(OSError, match="symbolic links"), locked(tmp_path):
        pass
    assert not (tmp_path / "theirs").exists()
