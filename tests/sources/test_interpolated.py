"""Networks between the two ends of expert trajectories."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from condenset.assets.experts import Experts, ExpertStore
from condenset.core.rng import Rng
from condenset.sources.interpolated import Interpolated
from condenset.sources.pool import Pool
from condenset.sources.source import Setting
from tests.examples import blobs

EXPERTS = Experts(count=2, batch=16, rate=0.1)
SETTING = Setting(blobs(), "mlp:width=4,depth=1", Rng(0))


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))


@pytest.mark.parametrize("initial", [1.0, 0.3, 0.0])
def test_a_network_lies_on_the_line_between_an_experts_ends(initial: float) -> None:
    source = Interpolated(Pool(size=8, renew_every=2), EXPERTS, 2, initial).begin(SETTING)
    store = ExpertStore(EXPERTS, SETTING.task, SETTING.network, (2,))
    pairs = [(store.checkpoint(number, 0), store.checkpoint(number, 2)) for number in range(2)]
    ends = {tuple(last.tolist()): (first, last) for first, last in pairs}
    shares, experts = [], set()
    for step in range(40):
        draw = source.draw(step)
        assert draw.trained is not None
        expert = tuple(draw.trained.flat().tolist())
        first, last = ends[expert]
        share = ((draw.network.flat() - last) @ (first - last) / (first - last).square().sum()).item()
        torch.testing.assert_close(draw.network.flat(), share * first + (1 - share) * last, atol=1e-5, rtol=1e-4)
        shares.append(share)
        experts.add(expert)
    assert len(experts) == 2
    assert min(shares) >= -1e-5
    assert max(shares) <= initial + 1e-5
    assert max(shares) - min(shares) >= 0.7 * initial


def test_members_come_again_with_their_key_and_follow_from_the_step_alone() -> None:
    wanted = Interpolated(Pool(size=3, renew_every=5), EXPERTS, 2)
    straight, restarted = wanted.begin(SETTING), wanted.begin(SETTING)
    drawn = [straight.draw(step) for step in range(20)]
    by_key: dict[int, torch.Tensor] = {}
    for draw in drawn:
        assert torch.equal(by_key.setdefault(draw.real_sides.key, draw.network.flat()), draw.network.flat())
    assert 3 <= len(by_key) <= 6
    assert torch.equal(restarted.draw(13).network.flat(), drawn[13].network.flat())
