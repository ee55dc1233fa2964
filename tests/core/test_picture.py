"""Pictures of a few formats are opened, by their content; what would start a program or fill memory is not."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from condenset.core.errors import DataError
from condenset.core.picture import FORMATS, open_picture

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
