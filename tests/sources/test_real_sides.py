"""Real sides: measured once for every objective, with the same numbers at whatever step, and left behind by a job."""

from __future__ import annotations

import pickle

import torch

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.signals.signal import Sums
from condenset.sources.real_sides import RealSides
from tests.examples import batch_of, normal

RUN = Rng(5)


def sums(*values: float) -> Sums:
    return Sums((torch.tensor(values, dtype=torch.float64),), torch.ones(1))


def number(rng: Rng) -> Sums:
    return sums(float(rng.integer()))


def same(one: Sums, other: Sums) -> bool:
    return torch.equal(one.totals[0], other.totals[0])


def test_a_real_side_is_measured_once_with_numbers_that_do_not_follow_from_the_step() -> None:
    seen: list[Rng] = []
    sides, objective = RealSides(3), object()
    first = sides.of(objective, lambda rng: seen.append(rng) or number(rng), RUN.child("step", 0))
    assert sides.of(objective, lambda rng: seen.append(rng) or sums(0), RUN.child("step", 1)) is first
    assert len(seen) == 1
    assert same(RealSides(3).of(objective, number, RUN.child("step", 9)), first)
    assert not same(RealSides(4).of(objective, number, RUN.child("step", 0)), first)
    assert not same(RealSides(3).of(objective, number, Rng(6)), first)


def test_every_objective_has_its_own() -> None:
    sides, one, other = RealSides(3), object(), object()
    assert same(sides.of(one, lambda _: sums(1), RUN), sums(1))
    assert same(sides.of(other, lambda _: sums(2), RUN), sums(2))
    assert same(sides.of(one, lambda _: sums(3), RUN), sums(1))


def test_the_bytes_are_those_of_tensors_and_of_examples() -> None:
    sides, batch = RealSides(3), batch_of(normal(5, 4), torch.arange(5))
    assert sides.nbytes == 0
    sides.of(object(), lambda _: Sums((normal(3, 2), torch.zeros(3, 2, dtype=torch.float64)), torch.ones(3)), RUN)
    assert sides.nbytes == 4 * 6 + 8 * 6 + 4 * 3
    kept: Batch = sides.of(object(), lambda _: batch, RUN)
    assert kept is batch
    assert sides.nbytes == 4 * 6 + 8 * 6 + 4 * 3 + 5 * (4 * 4 + 8 + 8 + 4)


def test_what_is_kept_does_not_travel() -> None:
    sides = RealSides(3)
    first = sides.of("an objective", number, RUN)
    arrived = pickle.loads(pickle.dumps(sides))
    assert (arrived.key, arrived.nbytes) == (3, 0)
    assert same(arrived.of("an objective", number, RUN), first)
