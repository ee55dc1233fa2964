"""A run's folder: refused when taken, resumed when asked, cleaned when done."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from condenset.artifact.folder import RunFolder
from condenset.core.errors import ArtifactError, CondensetError, RequestError


def test_an_existing_run_needs_resume(tmp_path: Path) -> None:
    with RunFolder.held(tmp_path / "run") as run:
        assert run.checkpoint() is None
        run.log({"step": 1})
    with pytest.raises(RequestError, match=r"run holds a run already: .* --resume"), RunFolder.held(tmp_path / "run"):
        pass
    with RunFolder.held(tmp_path / "run", resume=True) as again:
        assert again.lines() == [{"step": 1}]
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["log.jsonl"]


def test_a_finished_set_is_refused_and_known_when_resumed(saved: Path) -> None:
    with pytest.raises(RequestError, match="holds a finished set already"), RunFolder.held(saved):
        pass
    with RunFolder.held(saved, resume=True) as folder:
        assert folder.finished


def test_a_file_or_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RequestError, match="is a file"), RunFolder.held(tmp_path / "file"):
        pass
    below = tmp_path / "file" / "below"
    with pytest.raises(CondensetError, match=r"cannot write .*below"), RunFolder.held(below):
        pass


def test_one_process_has_a_folder_at_a_time(tmp_path: Path) -> None:
    taken = pytest.raises(RequestError, match="another process writes in")
    with RunFolder.held(tmp_path / "run"), taken, RunFolder.held(tmp_path / "run", resume=True):
        pass
    assert not list((tmp_path / "run").iterdir())


def test_a_folder_with_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "start.png").symlink_to(tmp_path / "theirs")
    with pytest.raises(RequestError, match=r"holds the link start\.png"), RunFolder.held(tmp_path / "run"):
        pass


def test_the_log_goes_back_to_a_step_and_drops_a_line_that_was_cut_off(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    run = RunFolder(tmp_path / "run")
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
    (tmp_path / "run").mkdir()
    unfinished = RunFolder(tmp_path / "run")
    unfinished.save_checkpoint({"x": torch.ones(2)})
    with pytest.raises(RequestError, match="save the set first"):
        unfinished.finish()
    back = unfinished.checkpoint()
    assert back is not None and torch.equal(back["x"], torch.ones(2))
    finished = RunFolder(saved)
    before = sorted(path.name for path in saved.iterdir())
    finished.save_checkpoint({"x": torch.ones(2)})
    finished.save_checkpoint({"x": torch.ones(2)})
    finished.finish()
    assert sorted(path.name for path in saved.iterdir()) == before


@pytest.mark.parametrize("content", [b"\xff\n", b"{\n", b"[1]\n", b"3\n", b'{"step": "1"}\n'])
def test_a_log_that_is_none_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "log.jsonl").write_bytes(content)
    with pytest.raises(ArtifactError, match="is no log of a run"):
        RunFolder(tmp_path).lines()
