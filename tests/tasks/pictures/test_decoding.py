from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from condenset.core.errors import DataError, RequestError
from condenset.tasks.pictures.decoding import Encoded, Format, check_size, common_format, decode
from tests.tasks.pictures.pictures import noise, png, save


def encoded(*shapes: tuple[int, int, int]) -> list[Encoded]:
    return [Encoded(f"picture {i}", png(noise(*shape, seed=i))) for i, shape in enumerate(shapes)]


def one(content: bytes | Path, form: Format) -> np.ndarray:
    return decode([Encoded("picture", content)], form, False)[0][0]


@pytest.mark.parametrize(
    ("shapes", "size", "expected"),
    [
        ([(10, 12, 3)] * 3, None, Format(10, 12, 3)),
        ([(10, 12, 1)] * 3, None, Format(10, 12, 1)),
        ([(10, 12, 3), (10, 12, 1)], None, Format(10, 12, 3)),
        ([(40, 90, 3), (46, 46, 3)], None, Format(32, 32, 3)),
        ([(40, 90, 3), (60, 70, 3)] * 500, None, Format(64, 64, 3)),
        ([(40, 90, 3), (60, 70, 3)], None, Format(32, 32, 3)),
        ([(80, 80, 3)] * 1000, None, Format(64, 64, 3)),
        ([(80, 80, 3)] * 999, None, Format(32, 32, 3)),
        ([(10, 12, 3)] * 3, 24, Format(24, 24, 3)),
    ],
)
def test_the_common_format(shapes: list[tuple[int, int, int]], size: int | None, expected: Format) -> None:
    assert common_format(encoded(*shapes), size, False) == expected


@pytest.mark.parametrize("channels", [1, 3])
def test_equal_pictures_keep_their_pixels(channels: int) -> None:
    pixels = noise(10, 12, channels)
    assert np.array_equal(one(png(pixels), Format(10, 12, channels)), pixels)


def test_another_size_is_covered_and_cut_around_the_centre() -> None:
    pixels = np.zeros((20, 60, 3), np.uint8)
    pixels[:, 20:40] = 200
    reduced = one(png(pixels), Format(10, 10, 3))
    assert np.abs(reduced[:, 1:-1].astype(int) - 200).max() <= 3  # bicubic weights overshoot a little at the edge


def test_transparency_becomes_white() -> None:
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[:2] = (10, 20, 30, 255)
    found = one(png(pixels), Format(4, 4, 3))
    assert (found[:2] == (10, 20, 30)).all()
    assert (found[2:] == 255).all()


def test_sixteen_bit_grey_is_reduced_to_eight() -> None:
    deep = np.array([[0, 257], [65535, 128 * 257]], np.uint16)
    assert one(png(deep), Format(2, 2, 1))[..., 0].tolist() == [[0, 1], [255, 128]]


def test_the_camera_orientation_is_obeyed(tmp_path: Path) -> None:
    pixels = noise(4, 6, 3)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(one(tmp_path / "a.png", Format(6, 4, 3)), np.rot90(pixels, -1))


def test_broken_pictures_are_named_or_skipped(tmp_path: Path) -> None:
    whole = save(tmp_path / "whole.png", noise(30, 30, 3))
    cut = tmp_path / "cut.png"
    cut.write_bytes(whole.read_bytes()[:600])
    text = tmp_path / "text.png"
    text.write_text("no picture")
    items = [Encoded(p.name, p) for p in (text, cut, whole)]
    with pytest.raises(DataError, match=r"text\.png cannot be read"):
        common_format(items, None, False)
    with pytest.raises(DataError, match=r"cut\.png cannot be read"):
        decode(items[1:], Format(30, 30, 3), False)
    with pytest.warns(UserWarning, match=r"skipped 2 unreadable pictures, first text\.png"):
        pixels, kept = decode(items, common_format(items, None, True), True)
    assert kept.tolist() == [2]
    assert np.array_equal(pixels[0], noise(30, 30, 3))
    with pytest.raises(DataError, match="none of 1 pictures"):
        common_format(items[:1], None, True)


@pytest.mark.parametrize("size", [0, -3, 3, 100_000])
def test_impossible_sizes_are_refused(size: int) -> None:
    with pytest.raises(RequestError, match=str(size)):
        check_size(size)
