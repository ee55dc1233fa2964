"""Files of `torch.save`: tensors are read, everything else is refused before it is."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch

from condenset.core.errors import DataError
from condenset.core.torch_file import expect_stored, load_tensors, pickle_head


class Evil:
    """Runs code when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        """What the pickle would call."""
        return os.mkdir, ("opened",)


@pytest.mark.parametrize("zipped", [True, False])
def test_tensors_are_read(tmp_path: Path, zipped: bool) -> None:
    torch.save({"x": [torch.arange(3)]}, tmp_path / "a.pt", _use_new_zipfile_serialization=zipped)
    assert load_tensors(tmp_path / "a.pt")["x"][0].tolist() == [0, 1, 2]


def test_what_runs_code_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save(Evil(), tmp_path / "evil.pt")
    with pytest.raises(DataError, match=r"holds more than tensors \(\w+\.mkdir\), which could run code: refused"):
        load_tensors(tmp_path / "evil.pt")
    assert not (tmp_path / "opened").exists()


def test_an_archive_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_LIMITS", "bytes=1000000")
    torch.save(torch.zeros(500_000), tmp_path / "plain.pt")
    packed = zipfile.ZipFile(tmp_path / "packed.pt", "w", zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(tmp_path / "plain.pt") as plain, packed:
        for name in plain.namelist():
            packed.writestr(name, plain.read(name))
    assert (tmp_path / "packed.pt").stat().st_size < 10_000
    with pytest.raises(DataError, match=r"what is packed in .*packed\.pt has 2,000,.* bytes"):
        load_tensors(tmp_path / "packed.pt")


def test_damaged_and_absent_files_say_so(tmp_path: Path) -> None:
    torch.save(torch.zeros(3), tmp_path / "a.pt")
    (tmp_path / "a.pt").write_bytes((tmp_path / "a.pt").read_bytes()[:-200])
    with pytest.raises(DataError, match="damaged, fetch it again"):
        load_tensors(tmp_path / "a.pt")
    with pytest.raises(DataError, match="does not exist"):
        load_tensors(tmp_path / "none.pt")
    assert pickle_head(tmp_path / "a.pt") == pickle_head(tmp_path / "none.pt") == b""


def test_a_view_of_fewer_numbers_is_told_apart() -> None:
    expect_stored(torch.zeros(4, 4).T[:2], "a part")
    expect_stored(torch.zeros(3).to_sparse(), "another layout")
    with pytest.raises(DataError, match=r"x is \(3, 5\), which takes 60 bytes, and 4 are stored"):
        expect_stored(torch.zeros(1).expand(3, 5), "x")
