"""Real sides: measured once per network, with the same numbers at whatever step, and the first ones forgotten."""

from __future__ import annotations

from condenset.core.rng import Rng
from condenset.objectives.real_sides import RealSides

RUN = Rng(5)


def test_a_real_side_is_measured_once_with_numbers_that_do_not_follow_from_the_step() -> None:
    seen: list[Rng] = []
    sides = RealSides[int](2)
    first = sides.of(3, lambda rng: seen.append(rng) or rng.integer(), RUN.child("step", 0))
    assert sides.of(3, lambda rng: seen.append(rng) or 0, RUN.child("step", 1)) == first
    assert len(seen) == 1
    assert RealSides[int](2).of(3, Rng.integer, RUN.child("step", 9)) == first
    assert sides.of(4, Rng.integer, RUN.child("step", 0)) != first
    assert RealSides[int](2).of(3, Rng.integer, Rng(6)) != first


def test_the_first_ones_give_way() -> None:
    sides = RealSides[str](2)
    for key in (1, 2, 3):
        sides.of(key, lambda rng, key=key: f"of {key}", RUN)
    assert [sides.of(key, lambda rng: "anew", RUN) for key in (3, 2, 1)] == ["of 3", "of 2", "anew"]
