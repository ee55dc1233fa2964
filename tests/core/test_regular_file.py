"""Regular files are read; pipes, devices, loops and files that are too large are refused at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from condenset.core.errors import DataError
from condenset.core.regular_file import is_regular, open_regular, read_regular


def test_a_regular_file_and_a_link_to_one_are_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert read_regular(tmp_path / "a") == read_regular(tmp_path / "b") == b"content"
    assert is_regular(tmp_path / "b")


def test_nothing_else_is_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "zero").symlink_to(os.devnull)
    for name, kind in (("pipe", "a named pipe"), ("zero", "a device"), (".", "a folder")):
        with pytest.raises(DataError, match=f"{kind} and no regular file"):
            open_regular(tmp_path / name)
        assert not is_regular(tmp_path / name)
    with pytest.raises(OSError, match="symbolic links"):
        read_regular(tmp_path / "loop")
    assert not is_regular(tmp_path / "loop")


def test_a_file_is_as_large_as_it_claims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(DataError, match=r"1,099,511,627,776 bytes.*CONDENSET_LIMITS=bytes="):
        read_regular(tmp_path / "sparse")
    (tmp_path / "small").write_bytes(b"12345")
    with pytest.raises(DataError, match="5 bytes: at most 4"):
        read_regular(tmp_path / "small", most=4)
    monkeypatch.setenv("CONDENSET_LIMITS", "bytes=4")
    with pytest.raises(DataError, match="at most 4 are read"):
        read_regular(tmp_path / "small")
