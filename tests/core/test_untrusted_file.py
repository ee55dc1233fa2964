"""Files of others: regular ones of harmless content are read, all else is refused before it takes memory or time."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from condenset.core.errors import DataError, RequestError
from condenset.core.untrusted_file import (
    FORMATS,
    Limits,
    expect_stored,
    is_regular,
    limits,
    load_tensors,
    open_picture,
    open_regular,
    pickle_head,
    read_regular,
)


def test_they_are_raised_by_name_and_the_message_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONDENSET_LIMITS", raising=False)
    assert limits() == Limits()
    with pytest.raises(DataError, match=r"a\.csv has 40,000 columns.*32,768 .*set CONDENSET_LIMITS=columns=40000$"):
        limits().check("columns", 40_000, "a.csv")
    monkeypatch.setenv("CONDENSET_LIMITS", "columns=40000,pixels=10")
    assert limits() == Limits(columns=40_000, pixels=10)
    limits().check("columns", 40_000, "a.csv")


@pytest.mark.parametrize("said", ["rows=3", "columns=many", "columns=1.5", "columns"])
def test_what_is_no_limit_is_refused(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("CONDENSET_LIMITS", said)
    with pytest.raises(RequestError, match="columns"):
        limits()


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


EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EndComments\nshowpage\n%%EOF\n"


def png_of(width: int, height: int) -> bytes:
    """A grey PNG of so many pixels, as small as a file of their zeros packs."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(bytes((width + 1) * height), 9)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", FORMATS)
def test_the_formats_of_pictures_are_read(form: str) -> None:
    stream = io.BytesIO()
    Image.fromarray(np.full((5, 4, 3), 200, np.uint8)).save(stream, form)
    with open_picture(stream.getvalue(), "picture") as picture:
        assert (picture.size, picture.convert("RGB").getpixel((1, 1))) == ((4, 5), (200, 200, 200))


def test_what_starts_a_program_is_no_picture_whatever_its_name(tmp_path: Path) -> None:
    """Pillow knows an EPS by its content, and lets Ghostscript draw it."""
    with Image.open(io.BytesIO(EPS)) as picture:
        assert picture.format == "EPS"
    (tmp_path / "9.png").write_bytes(EPS)
    with pytest.raises(OSError, match="cannot identify"), open_picture(tmp_path / "9.png", "9.png"):
        pass


def test_too_many_pixels_are_refused_before_they_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    message = r"photo has 200,000,000 pixels.*CONDENSET_LIMITS=pixels=200000000"
    with pytest.raises(DataError, match=message), open_picture(png_of(200_000, 1000), "photo"):
        pass
    monkeypatch.setenv("CONDENSET_LIMITS", "pixels=200000000")
    with open_picture(png_of(200_000, 1000), "photo") as picture:
        assert picture.size == (200_000, 1000)


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
