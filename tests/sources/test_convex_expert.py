"""Straightened trajectories: points on the line at the share of the way, two networks on disk, real times."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from condenset.assets.experts import Experts, ExpertStore
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.nets.network import Network
from condenset.sources.convex_expert import ConvexExpert, walked
from condenset.sources.expert import StartRange
from condenset.sources.source import Setting
from tests.conftest import close
from tests.examples import blobs

EXPERTS = Experts(count=2, examples=None, batch=16, rate=0.1)
SETTING = Setting(blobs(), "mlp:width=4,depth=1", Rng(0))


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))


def test_shares_are_interpolated_between_epochs() -> None:
    lengths = torch.tensor([[1.0, 0.0, 0.0], [3.0, 2.0, 0.0], [4.0, 2.0, 0.0]])
    paths = np.concatenate([[np.zeros(3)], np.cumsum(lengths.numpy(), 0)])
    for time in (0.0, 0.5, 1.0, 1.25, 2.9, 3.0):
        expected = [np.interp(time, range(4), paths[:, k]) / max(paths[-1, k], 1e-12) for k in range(3)]
        close(walked(lengths, time), torch.tensor(expected), 1e-6)


def test_draws_lie_on_the_line_each_tensor_at_its_own_share() -> None:
    expert = ConvexExpert(EXPERTS, length=4, epochs=2, starts=StartRange(end=2))
    source = expert.begin(SETTING)
    store = ExpertStore(EXPERTS, SETTING.task, SETTING.network, (4,))
    template = SETTING.draw_network("template")
    seen = set()
    for step in range(12):
        draw = source.draw(step)
        assert draw.goal is not None
        for number in range(2):
            ends = [store.checkpoint(number, epoch) for epoch in (0, 4)]
            begin, goal = (shares(template, ends, at) for at in (draw.network.flat(), draw.goal))
            if begin is not None and goal is not None:
                assert all(-1e-4 <= a < b <= 1 + 1e-4 for a, b in zip(begin, goal, strict=True))
                assert max(begin) - min(begin) > 1e-3, "tensors walk at their own pace"
                seen.add((number, round(begin[0], 4)))
    assert len(seen) == 12, "every draw is on one line, at a time of its own"
    assert {number for number, _ in seen} == {0, 1}


def shares(template: Network, ends: list[torch.Tensor], at: torch.Tensor) -> list[float] | None:
    """The share of every tensor on the line between two points; None for a point beside it."""
    found = []
    for first, last, here in zip(*(template.unflatten(flat).values() for flat in (*ends, at)), strict=True):
        share = ((here - first) * (last - first)).sum() / (last - first).square().sum()
        if (first + share * (last - first) - here).norm() > 1e-3 * (last - first).norm():
            return None
        found.append(share.item())
    return found


def test_two_networks_are_stored_and_the_first_is_a_seed() -> None:
    ConvexExpert(EXPERTS, length=4, epochs=1).begin(SETTING).draw(0)
    folder = ExpertStore(EXPERTS, SETTING.task, SETTING.network, (4,)).folder
    with safe_open(next(folder.iterdir()), "pt") as file:
        assert file.get_slice("deltas").get_shape() == [1, len(SETTING.draw_network("template").flat())]
        assert file.get_slice("lengths").get_shape()[0] == 4


def test_experts_that_end_before_the_goal_are_refused() -> None:
    ConvexExpert(EXPERTS, length=3, epochs=2, starts=StartRange(end=1)).begin(SETTING)
    with pytest.raises(RequestError, match=r"experts of 3 epochs end before start 2 \+ 2"):
        ConvexExpert(EXPERTS, length=3, epochs=2, starts=StartRange(end=2)).begin(SETTING)
