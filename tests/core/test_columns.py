"""Layouts: how wide vectors are, and whose place is whose."""

from __future__ import annotations

from condenset.core.columns import Columns, all_numbers


def test_every_place_has_the_column_that_it_is_of_numbers_first() -> None:
    layout = Columns(numbers=(2, 6), choices=((0, 2), (3, 6)))
    assert layout.width == 7
    assert layout.owners == [2, 2, 0, 3, 3, 3, 1]
    assert all_numbers(3).owners == [0, 1, 2] and all_numbers(3).width == 3
