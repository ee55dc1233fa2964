"""Bytes at so many bits a place, and the best quality that fits."""

from __future__ import annotations

from typing import Any

import pytest

from condenset.codecs.compressed import best_quality, place_bytes
from condenset.core.errors import RequestError


def test_bits_of_all_places_fill_whole_bytes() -> None:
    assert [place_bytes((3, 5, 7), bits, "a file", 1.5) for bits in (1, 0.5, 8)] == [5, 3, 35]


@pytest.mark.parametrize("bits", [0, -1, True, "1", float("inf"), float("nan")])
def test_what_is_no_number_above_nothing_is_refused(bits: Any) -> None:
    with pytest.raises(RequestError, match=r"a file has .* bits a place: expected a number above 0, such as 1.5"):
        place_bytes((3, 5, 7), bits, "a file", 1.5)


def test_the_highest_quality_that_fits_is_taken() -> None:
    found = [best_quality(range(1, 9), most, lambda quality: b"x" * quality**2) for most in (0, 1, 24, 25, 100)]
    assert found == [None, 1, 4, 5, 8]


@pytest.mark.parametrize("near", [0, 36, 37, 38, 99])
def test_it_is_found_from_anywhere_and_soon_from_nearby(near: int) -> None:
    tried = []

    def compressed(quality: int) -> bytes:
        tried.append(quality)
        return b"x" * quality

    assert best_quality(range(100), 37, compressed, near) == 37
    assert len(tried) <= (4 if abs(near - 37) <= 1 else 13) and len(set(tried)) == len(tried)
