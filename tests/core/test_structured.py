"""Plain values as the types that annotations say, nothing converted silently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from condenset.core.errors import RequestError
from condenset.core.structured import structured


@dataclass(frozen=True)
class Point:
    """Something to read."""

    x: float
    label: str | None = None


def test_tables_become_dataclasses_and_lists_tuples_at_any_depth() -> None:
    read = structured([{"x": 1}, {"x": 2.5, "label": "end"}], tuple[Point, ...], "points")
    assert read == (Point(1.0), Point(2.5, "end"))
    assert type(read[0].x) is float


@pytest.mark.parametrize(
    ("value", "kind"), [("1", int), (1, str), (1, bool), (True, int), (0.5, int), (2.0, int), ("yes", bool)]
)
def test_a_value_of_another_type_is_refused(value: Any, kind: type) -> None:
    with pytest.raises(RequestError, match=f"{value!r} is no {kind.__name__}"):
        structured(value, kind, "here")


def test_every_fault_is_named_with_its_place() -> None:
    with pytest.raises(RequestError, match=r"points\[0\].*; .*points\[2\]"):
        structured([{}, {"x": 1}, {"x": 1, "y": 2}], tuple[Point, ...], "points")
