"""What pictures of sets share: places that are evenly spaced, names that are cut."""

from __future__ import annotations

import pytest

from condenset.tasks.preview import evenly, short


@pytest.mark.parametrize(("count", "most", "expected"), [(3, 5, [0, 1, 2]), (9, 3, [0, 4, 8]), (1, 4, [0])])
def test_places_go_from_the_first_to_the_last(count: int, most: int, expected: list[int]) -> None:
    assert evenly(count, most).tolist() == expected


def test_names_are_cut() -> None:
    assert short("x" * 20, 5) == "xxxx…" and short("x", 5) == "x"
