"""A download: what is expected is kept, anything else is not, and what to do without a network is said."""

from __future__ import annotations

import io
import urllib.request
from pathlib import Path
from typing import Any, NoReturn

import pytest

from condenset.core.errors import DataError
from condenset.tasks.reading.known import download


def nothing(content: bytes) -> None:
    pass


def other(content: bytes) -> None:
    raise DataError(f"{content!r} is another file")


def unreachable(address: str, timeout: float) -> NoReturn:
    raise OSError("no network")


def answering(content: bytes) -> Any:
    return lambda address, timeout: io.BytesIO(content)


def test_an_expected_file_is_kept_and_another_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urllib.request, "urlopen", answering(b"rows"))
    download("https://example.org/a", tmp_path / "deep" / "a", 99, nothing, "a", "a.txt")
    assert (tmp_path / "deep" / "a").read_bytes() == b"rows"
    with pytest.raises(DataError, match="another file"):
        download("https://example.org/b", tmp_path / "b", 99, other, "b", "b.txt")
    assert not (tmp_path / "b").exists()


def test_without_a_network_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urllib.request, "urlopen", unreachable)
    with pytest.raises(DataError, match=r"a is not on this machine .*no network.*: put a\.txt below the folder"):
        download("https://example.org/a", tmp_path / "a", 99, nothing, "a", "a.txt")


def test_no_more_is_read_than_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urllib.request, "urlopen", answering(b"rows without end"))
    download("https://example.org/a", tmp_path / "a", 4, nothing, "a", "a.txt")
    assert (tmp_path / "a").read_bytes() == b"rows"
