"""Stretches of expert trajectories: which rows start and goal are, and what is too short."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from condenset.assets.experts import Experts, ExpertStore
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.sources.expert import Expert
from condenset.sources.source import Setting
from tests.examples import blobs

EXPERTS = Experts(count=3, epochs=4, batch=16)
SETTING = Setting(blobs(), "mlp:width=4,depth=1", Rng(0))


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))


def test_start_and_goal_are_rows_of_one_trajectory_that_far_apart() -> None:
    source = Expert(EXPERTS, epochs=2, latest_start=3).begin(SETTING)
    store = ExpertStore(EXPERTS, SETTING.task, SETTING.network)
    trajectories = [store.trajectory(number) for number in range(3)]
    seen = set()
    for step in range(60):
        draw = source.draw(step)
        assert draw.goal is not None
        found = [
            (number, row)
            for number, rows in enumerate(trajectories)
            for row in range(5)
            if torch.equal(rows[row], draw.network.flat())
        ]
        assert len(found) == 1
        number, row = found[0]
        assert torch.equal(trajectories[number][row + 2], draw.goal)
        seen.add((number, row))
    assert seen == {(number, row) for number in range(3) for row in range(3)}


def test_draws_follow_from_the_step_alone() -> None:
    expert = Expert(EXPERTS, epochs=1, latest_start=2)
    straight, restarted = expert.begin(SETTING), expert.begin(SETTING)
    expected = [straight.draw(step) for step in range(5)]
    for step in (4, 2):
        assert torch.equal(restarted.draw(step).network.flat(), expected[step].network.flat())
        assert torch.equal(restarted.draw(step).goal, expected[step].goal)


@pytest.mark.parametrize(("epochs", "latest", "fits"), [(4, 1, True), (2, 3, True), (2, 4, False), (5, 1, False)])
def test_trajectories_that_end_too_early_are_refused(epochs: int, latest: int, fits: bool) -> None:
    expert = Expert(EXPERTS, epochs=epochs, latest_start=latest)
    if fits:
        assert expert.begin(SETTING).draw(0).goal is not None
        return
    with pytest.raises(RequestError, match=rf"experts of 4 epochs end before start {latest - 1} \+ {epochs}"):
        expert.begin(SETTING)
