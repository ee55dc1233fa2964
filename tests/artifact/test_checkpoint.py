"""A checkpoint survives damage to the latest file, a full disk and a kill at any moment."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from condenset.artifact.checkpoint import LATEST, PREVIOUS, load_checkpoint, remove_checkpoints, save_checkpoint
from condenset.core.errors import ArtifactError, CondensetError

RUN = "this"
WRITER = """
import sys, torch
from pathlib import Path
from condenset.artifact.checkpoint import save_checkpoint
for step in range(10**9):
    state = {"counters": torch.tensor([step, 0]), "x": torch.full((20000,), float(step))}
    save_checkpoint(state, Path(sys.argv[1]), "this")
    if step == 1:
        sys.stdout.write("ready"), sys.stdout.flush()
"""


def state(step: int) -> dict[str, torch.Tensor]:
    values = {"counters": torch.tensor([step, 0]), "x": torch.linspace(-1, 1, 50).view(5, 10)}
    return values | {"half": torch.ones(3, dtype=torch.bfloat16), "flag": torch.tensor(True), "none": torch.ones(0)}


def test_all_tensors_come_back(tmp_path: Path) -> None:
    save_checkpoint(state(3), tmp_path, RUN)
    back = load_checkpoint(tmp_path, RUN)
    assert back.keys() == state(3).keys()
    assert all(torch.equal(back[k], v) and back[k].dtype == v.dtype for k, v in state(3).items())


def test_a_damaged_checkpoint_gives_the_one_before(tmp_path: Path) -> None:
    save_checkpoint(state(1), tmp_path, RUN)
    save_checkpoint(state(2), tmp_path, RUN)
    content = bytearray((tmp_path / LATEST).read_bytes())
    for damaged in (content[:-8], content[:4], content[:-20] + bytes([content[-20] ^ 1]) + content[-19:], b""):
        (tmp_path / LATEST).write_bytes(damaged)
        assert load_checkpoint(tmp_path, RUN)["counters"].tolist() == [1, 0]
    (tmp_path / LATEST).unlink()
    assert load_checkpoint(tmp_path, RUN)["counters"].tolist() == [1, 0]
    (tmp_path / PREVIOUS).write_bytes(b"x")
    with pytest.raises(ArtifactError, match=r"no checkpoint in .* can be used: .*checkpoint.previous"):
        load_checkpoint(tmp_path, RUN)


def test_a_checkpoint_of_another_run_is_not_believed(tmp_path: Path) -> None:
    save_checkpoint(state(1), tmp_path, RUN)
    save_checkpoint(state(2), tmp_path, "made from that")
    assert load_checkpoint(tmp_path, RUN)["counters"].tolist() == [1, 0]
    with pytest.raises(ArtifactError, match=r"is of another run than run\.toml and recipe\.toml say"):
        load_checkpoint(tmp_path, "made from neither")


def test_a_full_disk_keeps_the_checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_checkpoint(state(1), tmp_path, RUN)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("condenset.artifact.checkpoint.write_through", full)
        with pytest.raises(CondensetError, match=r"the disk is full\): [\d,]+ bytes are needed"):
            save_checkpoint(state(2), tmp_path, RUN)
    assert load_checkpoint(tmp_path, RUN)["counters"].tolist() == [1, 0]
    remove_checkpoints(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_killed_process_leaves_a_whole_checkpoint(tmp_path: Path) -> None:
    steps = []
    for wait in (0.0, 0.013, 0.047):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE)
        assert process.stdout is not None and process.stdout.read(5) == b"ready"
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        process.stdout.close()
        back = load_checkpoint(tmp_path, RUN)
        step = int(back["counters"][0])
        assert torch.equal(back["x"], torch.full((20000,), float(step)))
        steps.append(step)
    assert min(steps) >= 0 and max(steps) > 1
