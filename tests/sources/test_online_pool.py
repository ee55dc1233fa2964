"""The pool trained on the set: which member a step meets, its training against torch.optim, its saved state."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from condenset.core.rng import Rng
from condenset.sources.online_pool import OnlinePool, RunningOnlinePool
from condenset.sources.source import Setting, Source
from tests.examples import blobs, digits, normal, set_of

LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
SETTING = Setting(blobs(), "mlp:width=4,depth=1", Rng(2))
SOFT = set_of(normal(6, 5), normal(6, 3, seed=1))


def slot_of(step: int, size: int) -> int:
    return SETTING.rng.child("member", step).integer() % size


def flats(source: RunningOnlinePool, steps: range) -> list[torch.Tensor]:
    found = []
    for step in steps:
        found.append(source.draw(step).network.flat().clone())
        source.after(step, SOFT)
    return found


def test_it_is_a_source_whose_draws_need_no_gradient_and_never_come_again() -> None:
    assert isinstance(OnlinePool(), Source)
    draw = OnlinePool().begin(SETTING).draw(0)
    assert not draw.network.flat().requires_grad
    assert draw.real_sides is None
    assert draw.augmentation is None


def test_a_step_meets_a_member_at_random_as_its_training_left_it() -> None:
    source = OnlinePool(size=3).begin(SETTING)
    found = flats(source, range(30))
    latest = {slot: SETTING.draw_network(slot, 0).flat() for slot in range(3)}
    source = OnlinePool(size=3).begin(SETTING)
    for step in range(30):
        slot = slot_of(step, 3)
        assert torch.equal(found[step], latest[slot])
        source.after(step, SOFT)
        latest[slot] = source.draw(step).network.flat()
    assert {slot_of(step, 3) for step in range(30)} == {0, 1, 2}


def test_training_is_adams_on_the_squared_error_against_centred_labels() -> None:
    found = flats(OnlinePool(size=1, rate=0.01).begin(SETTING), range(4))
    module = nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 3))
    drawn = SETTING.draw_network(0, 0).parameters
    module.load_state_dict(dict(zip(module.state_dict(), drawn.values(), strict=True)))
    optimiser = torch.optim.Adam(module.parameters(), lr=0.01)
    batch = SOFT.decode().detach()
    for flat in found:
        torch.testing.assert_close(flat, torch.cat([p.detach().flatten() for p in module.parameters()]))
        optimiser.zero_grad()
        (0.5 * (module(batch.inputs) - (batch.targets - 1 / 3)).square().sum(1)).mean().backward()
        optimiser.step()


def test_ages_begin_evenly_spread_and_a_network_above_the_limit_gives_way() -> None:
    """Of two members limited to 4 steps, the second begins at age 2: it trains 3 times, then is new at age 0."""
    source = OnlinePool(size=2, oldest=4).begin(SETTING)
    visits = [0, 0]
    for step in range(40):
        slot = slot_of(step, 2)
        cycle, place = divmod(visits[slot] + 2 * slot, 6)  # 5 training visits from age 0, and one that replaces
        fresh = SETTING.draw_network(slot, cycle).flat()
        is_fresh = torch.equal(source.draw(step).network.flat(), fresh)
        assert is_fresh == (place == 0 or visits[slot] == 0)
        source.after(step, SOFT)
        visits[slot] += 1


def test_a_visit_may_be_followed_by_several_training_steps() -> None:
    source = OnlinePool(size=1, oldest=1000, most_steps=5).begin(SETTING)
    flats(source, range(200))
    age = int(source.state()["0/counters"][1])
    assert 2.6 < age / 200 < 3.4


def test_a_large_set_is_sampled() -> None:
    whole, part = (flats(OnlinePool(size=1, batch=size).begin(SETTING), range(3)) for size in (6, 2))
    assert torch.equal(whole[0], part[0])
    assert not torch.allclose(whole[2], part[2])


@pytest.mark.parametrize("network", ["mlp:width=4,depth=1", "frepo-convnet:width=4,depth=2,norm=batch"])
@pytest.mark.parametrize("stop", [1, 5, 13])
def test_a_restored_pool_continues_with_the_same_bytes(network: str, stop: int) -> None:
    setting = Setting(digits(), network, Rng(3))
    images = set_of(normal(4, 1, 8, 8), torch.eye(10)[:4])

    def run(source: RunningOnlinePool, steps: range) -> list[torch.Tensor]:
        found = []
        for step in steps:
            found.append(source.draw(step).network(images.decode().inputs).embedding.detach())
            source.after(step, images)
        return found

    pool = OnlinePool(size=2, oldest=3, rate=0.01)
    expected = run(pool.begin(setting), range(20))
    interrupted, resumed = pool.begin(setting), pool.begin(setting)
    run(interrupted, range(stop))
    saved = {k: v.detach().clone() for k, v in interrupted.state().items()}
    run(interrupted, range(stop, 20))
    resumed.restore(saved)
    assert all(torch.equal(a, b) for a, b in zip(run(resumed, range(stop, 20)), expected[stop:], strict=True))


def test_batch_normalisation_uses_the_statistics_of_its_training() -> None:
    """A drawn network treats every image by itself, and training on the set moves the statistics."""
    setting = Setting(digits(), "frepo-convnet:width=4,depth=2,norm=batch", Rng(3))
    source, images = OnlinePool(size=1).begin(setting), normal(4, 1, 8, 8)
    first = source.draw(0).network(images).embedding
    torch.testing.assert_close(source.draw(0).network(images[:1]).embedding, first[:1])
    source.after(0, set_of(images, torch.eye(10)[:4]))
    mean = source.draw(1).network.buffers["blocks.1.norm.running_mean"]
    assert mean.abs().max() > 0.01


def test_the_set_gets_no_gradient_from_training() -> None:
    source, condensed = OnlinePool(size=1).begin(SETTING), set_of(normal(6, 5), LABELS)
    source.after(0, condensed)
    assert condensed.codec.data.grad is None
