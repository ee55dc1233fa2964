"""A file or folder appears whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from condenset.artifact.files import append_line, replace_file, staged, staging, sweep, writing
from condenset.core.errors import CondensetError, RequestError


def test_a_folder_appears_when_its_block_ends_well(tmp_path: Path) -> None:
    with staged(tmp_path / "new" / "out") as partial:
        partial.mkdir()
        (partial / "x").write_text("1")
        assert not (tmp_path / "new" / "out").exists()
    assert (tmp_path / "new" / "out" / "x").read_text() == "1"
    with pytest.raises(RequestError, match="exists already"), staged(tmp_path / "new" / "out"):
        pass


def test_a_failed_block_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyError), staged(tmp_path / "out") as partial:
        partial.write_text("half")
        raise KeyError
    with pytest.raises(CondensetError, match="disk is full"), staged(tmp_path / "out") as partial:
        partial.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert not list(tmp_path.iterdir())


def test_replacing_keeps_the_old_content_when_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    replace_file(path, b"old")

    def full(*_: object) -> None:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(CondensetError, match=r"\(the disk is full\): 3 bytes are needed"):
        replace_file(path, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["x"] and path.read_bytes() == b"old"


def test_another_failure_says_why(tmp_path: Path) -> None:
    with pytest.raises(CondensetError, match="Permission denied"), writing(tmp_path):
        raise PermissionError(errno.EACCES, "Permission denied")


@pytest.mark.parametrize("name", ["x", ".x.partial", ".partial-x"])
def test_a_link_that_was_planted_is_never_written_through(tmp_path: Path, name: str) -> None:
    """Whoever may write into the folder knew the name of what was half written."""
    (tmp_path / "theirs").write_text("kept")
    folder = tmp_path / "shared"
    folder.mkdir()
    (folder / name).symlink_to(tmp_path / "theirs")
    replace_file(folder / "x", b"new")
    assert (folder / "x").read_bytes() == b"new" and not (folder / "x").is_symlink()
    assert (tmp_path / "theirs").read_text() == "kept"


def test_a_log_is_no_link(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("kept")
    (tmp_path / "log.jsonl").symlink_to(tmp_path / "theirs")
    with pytest.raises(CondensetError, match="symbolic links"):
        append_line(tmp_path / "log.jsonl", "{}")
    append_line(tmp_path / "new", "1")
    append_line(tmp_path / "new", "2")
    assert ((tmp_path / "theirs").read_text(), (tmp_path / "new").read_text()) == ("kept", "1\n2\n")


def test_what_a_kill_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("")
    (tmp_path / ".partial-link").symlink_to(tmp_path / "kept")
    with staging(tmp_path) as stage:
        (stage / "half").write_text("")
        assert stage.stat().st_mode & 0o077 == 0, "nobody else may enter"
        sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
