"""The rolling pool: its members at a step follow from the step's number alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.signals.signal import Sums
from condenset.sources.pool import Pool, RunningPool
from condenset.sources.source import Draw, Setting
from tests.examples import digits

SETTING = Setting(digits(), "mlp:width=3,depth=1", Rng(7))


def running(pool: Pool) -> RunningPool:
    return pool.begin(SETTING)


def same(a: Draw, b: Draw) -> bool:
    return torch.equal(a.network.flat(), b.network.flat()) and key(a) == key(b)


def key(draw: Draw) -> int | None:
    return None if draw.real_sides is None else draw.real_sides.key


def test_a_pool_of_one_is_a_new_network_each_step_without_real_sides() -> None:
    source = running(Pool())
    draws = [source.draw(step) for step in range(6)]
    assert len({tuple(draw.network.flat().tolist()) for draw in draws}) == 6
    assert all(draw.real_sides is None for draw in draws)


def test_a_pool_of_one_keeps_its_network_until_it_is_renewed() -> None:
    source = running(Pool(size=1, renew_every=3))
    flats = [tuple(source.draw(step).network.flat().tolist()) for step in range(6)]
    assert flats[0] == flats[1] == flats[2] != flats[3]
    assert flats[3] == flats[4] == flats[5]


def test_members_roll_and_each_is_the_network_of_its_number() -> None:
    """At step s the members are numbers s // renew_every ... s // renew_every + size - 1."""
    size, renew = 4, 5
    source = running(Pool(size=size, renew_every=renew))
    seen: dict[int, set[int]] = {}
    for step in range(100):
        draw = source.draw(step)
        oldest, own = step // renew, draw.real_sides.key
        assert oldest <= own < oldest + size
        assert torch.equal(draw.network.flat(), SETTING.draw_network(own).flat())
        seen.setdefault(own - oldest, set()).add(step)
    assert set(seen) == set(range(size))
    assert all(12 <= len(steps) <= 40 for steps in seen.values())


@pytest.mark.parametrize("pool", [Pool(), Pool(size=3, renew_every=2), Pool(size=5, renew_every=1, siamese=False)])
@pytest.mark.parametrize("stop", [1, 4, 9])
def test_a_restart_at_any_step_draws_the_same(pool: Pool, stop: int) -> None:
    straight = running(pool)
    expected = [straight.draw(step) for step in range(12)]
    resumed = running(pool)
    resumed.restore(straight.state())
    assert all(same(resumed.draw(step), expected[step]) for step in range(stop, 12))


def test_a_member_always_brings_the_same_augmentation() -> None:
    source = running(Pool(size=3, renew_every=10))
    records: dict[int, object] = {}
    for step in range(10):
        draw = source.draw(step)
        previous = records.setdefault(draw.real_sides.key, draw.augmentation)
        assert draw.augmentation.groups == previous.groups
        for name, values in draw.augmentation.draws.items():
            assert torch.equal(values, previous.draws[name])
    assert len(records) == 3
    assert running(Pool(siamese=False)).draw(0).augmentation is None


def side(numbers: int) -> Sums:
    """Sums of so many numbers, the counts among them."""
    return Sums((torch.zeros(numbers - 1),), torch.zeros(1))


def met(source: RunningPool, steps: int) -> list[tuple[Draw, int, bool]]:
    """Draws with a real side as large as four of these networks, the bytes held at each, and if the draw is all."""
    found = []
    for step in range(steps):
        draw = source.draw(step)
        found.append((draw, source.nbytes, source.nbytes == draw.nbytes))
        if draw.real_sides is not None:
            draw.real_sides.of("objective", lambda _, draw=draw: side(draw.network.nbytes), Rng(0))
    return found


@pytest.mark.parametrize("room", [0, 1, 2, 3])
def test_a_pool_that_memory_does_not_hold_draws_what_a_whole_one_does(room: int) -> None:
    """A member is a network and, once that was met, its real side of four times its bytes."""
    network = SETTING.draw_network(0).nbytes
    limit = 5 * network * room
    limited = Pool(size=6, renew_every=4).begin(replace(SETTING, execution=Execution(memory=limit)))
    whole = running(Pool(size=6, renew_every=4))
    found, expected = met(limited, 60), met(whole, 60)
    assert all(same(a, b) for (a, *_), (b, *_) in zip(found, expected, strict=True))
    assert max(held for _, held, _ in expected) > 5 * 5 * network
    assert all(held <= limit or alone for _, held, alone in found)
    assert max(held for _, held, _ in found) > max(limit - 5 * network, 0)


def test_members_give_way_that_would_be_renewed_soonest() -> None:
    """With room for all but one, the same members stay, and only the oldest is drawn anew at every visit."""
    member = 5 * SETTING.draw_network(0).nbytes
    source = Pool(size=4, renew_every=1000).begin(replace(SETTING, execution=Execution(memory=3 * member)))
    visits: dict[int, set[int]] = {}
    for draw, *_ in met(source, 200)[20:]:  # all of them were met before
        visits.setdefault(draw.real_sides.key, set()).add(id(draw.real_sides))
    assert [len(visits[key]) for key in (2, 3)] == [1, 1]
    assert len(visits[0]) > 20


def test_the_bytes_of_a_member_are_the_mean_of_those_held() -> None:
    source, network = running(Pool(size=10, renew_every=1000)), SETTING.draw_network(0).nbytes
    draws = [source.draw(step) for step in range(5)]
    members = len({draw.real_sides.key for draw in draws})
    assert (source.nbytes, source.member_nbytes) == (members * network, network)
    draws[0].real_sides.of("objective", lambda _: side(8), Rng(0))
    assert source.member_nbytes == pytest.approx(network + 4 * 8 / members)
