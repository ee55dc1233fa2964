"""The rolling pool: its members at a step follow from the step's number alone."""

from __future__ import annotations

import pytest
import torch

from condenset.core.rng import Rng
from condenset.sources.pool import Pool, RunningPool
from condenset.sources.source import Draw, Setting
from tests.examples import digits

SETTING = Setting(digits(), "mlp:width=3,depth=1", Rng(7))


def running(pool: Pool) -> RunningPool:
    return pool.begin(SETTING)


def same(a: Draw, b: Draw) -> bool:
    return torch.equal(a.network.flat(), b.network.flat()) and a.key == b.key


def test_a_pool_of_one_is_a_new_network_each_step_without_a_key() -> None:
    source = running(Pool())
    draws = [source.draw(step) for step in range(6)]
    assert len({tuple(draw.network.flat().tolist()) for draw in draws}) == 6
    assert all(draw.key is None for draw in draws)


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
        assert draw.key is not None
        oldest = step // renew
        assert oldest <= draw.key < oldest + size
        assert torch.equal(draw.network.flat(), SETTING.draw_network(draw.key).flat())
        seen.setdefault(draw.key - oldest, set()).add(step)
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
        assert draw.key is not None
        previous = records.setdefault(draw.key, draw.augmentation)
        assert draw.augmentation.groups == previous.groups
        for name, values in draw.augmentation.draws.items():
            assert torch.equal(values, previous.draws[name])
    assert len(records) == 3
    assert running(Pool(siamese=False)).draw(0).augmentation is None
