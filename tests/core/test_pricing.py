"""Prices of a part with and without what items share, and options that it has not."""

from __future__ import annotations

import pytest

from condenset.core.errors import RequestError
from condenset.core.pricing import priced


class Part:
    @staticmethod
    def item_bytes(of: int, bits: int = 8) -> int:
        return of * bits // 8

    @staticmethod
    def shared_bytes(of: int, bits: int = 8) -> int:
        return 0


class Shared(Part):
    @staticmethod
    def shared_bytes(of: int, bits: int = 8) -> int:
        return 1


def test_an_item_and_what_all_share() -> None:
    assert priced("part", Part, 6, {"bits": 4}) == (3, 0)
    assert priced("part", Shared, 6, {}) == (6, 1)


def test_options_that_it_has_not_are_named() -> None:
    with pytest.raises(RequestError, match=r"labels 'x' cannot be built with {'bites': 4}: .*'bites'"):
        priced("labels 'x'", Part, 6, {"bites": 4})
