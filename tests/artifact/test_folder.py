"""A run's folder: refused when taken, resumed when asked, cleaned when done."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from condenset.artifact.folder import RunFolder
from condenset.core.errors import CondensetError, RequestError


def test_an_existing_run_needs_resume(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run")
    assert run.checkpoint() is None
    run.log({"step": 1})
    with pytest.raises(RequestError, match=r"run holds a run already: .* --resume"):
        RunFolder.create(tmp_path / "run")
    assert RunFolder.create(tmp_path / "run", resume=True).lines() == [{"step": 1}]


def test_a_finished_set_is_refused_and_known_when_resumed(saved: Path) -> None:
    with pytest.raises(RequestError, match="holds a finished set already"):
        RunFolder.create(saved)
    assert RunFolder.create(saved, resume=True).finished


def test_a_file_or_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RequestError, match="is a file"):
        RunFolder.create(tmp_path / "file")
    with pytest.raises(CondensetError, match=r"cannot write .*below"):
        RunFolder.create(tmp_path / "file" / "below")


def test_the_log_goes_back_to_a_step_and_drops_a_line_that_was_cut_off(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run")
    for step in range(1, 6):
        run.log({"step": step, "loss": 0.1 * step})
    with (run.path / "log.jsonl").open("a") as file:
        file.write('{"step": 6, "lo')
    assert [line["step"] for line in run.lines()] == [1, 2, 3, 4, 5]
    run.truncate_log(3)
    run.log({"step": 4, "loss": 9.0})
    assert run.lines()[2:] == [{"step": 3, "loss": 0.1 * 3}, {"step": 4, "loss": 9.0}]
    assert (run.path / "log.jsonl").read_text().count("\n") == 4


def test_checkpoints_go_only_when_the_set_is_saved(saved: Path, tmp_path: Path) -> None:
    unfinished = RunFolder.create(tmp_path / "run")
    unfinished.save_checkpoint({"x": torch.ones(2)})
    with pytest.raises(RequestError, match="save the set first"):
        unfinished.finish()
    back = unfinished.checkpoint()
    assert back is not None and torch.equal(back["x"], torch.ones(2))
    finished = RunFolder.create(saved, resume=True)
    before = sorted(path.name for path in saved.iterdir())
    finished.save_checkpoint({"x": torch.ones(2)})
    finished.save_checkpoint({"x": torch.ones(2)})
    finished.finish()
    assert sorted(path.name for path in saved.iterdir()) == before
