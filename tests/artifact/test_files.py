"""A file or folder appears whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from condenset.artifact.files import replace_file, staged, writing
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
