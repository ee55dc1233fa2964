"""The range of start epochs, and how it grows."""

from __future__ import annotations

import pytest

from condenset.sources.start_range import StartRange


def test_a_range_that_does_not_grow_is_constant() -> None:
    assert [StartRange(1, 5).end_at(step) for step in (0, 7, 10**6)] == [5, 5, 5]


@pytest.mark.parametrize(("step", "end"), [(0, 10), (250, 12.5), (500, 15), (1000, 20), (5000, 20)])
def test_datms_growth_is_linear(step: int, end: float) -> None:
    assert StartRange(end=20, begin_end=10, growth=1000).end_at(step) == end
