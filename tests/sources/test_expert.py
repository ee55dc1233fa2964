"""Points on stored trajectories: a start and a goal of one expert, in a range that can grow."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from condenset.assets.experts import Experts, ExpertStore
from condenset.core.rng import Rng
from condenset.sources.expert import Expert, StartRange
from condenset.sources.source import RunningSource, Setting
from tests.examples import blobs

EXPERTS = Experts(count=3, examples=None, batch=16)
SETTING = Setting(blobs(), "mlp:width=4,depth=1", Rng(0))


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))


def found_in(source: RunningSource, expert: Expert, step: int) -> tuple[int, int]:
    """Expert and epoch of a step's start, after a check that the goal fits."""
    store = ExpertStore(expert.experts, SETTING.task, SETTING.network, expert.kept)
    draw = source.draw(step)
    assert draw.goal is not None
    starts = range(expert.starts.first, expert.starts.end)
    found = [
        (number, epoch)
        for number in range(expert.experts.count)
        for epoch in starts
        if torch.equal(store.checkpoint(number, epoch), draw.network.flat())
    ]
    assert len(found) == 1
    assert torch.equal(store.checkpoint(found[0][0], found[0][1] + expert.epochs), draw.goal)
    return found[0]


def test_start_and_goal_are_checkpoints_of_one_expert_that_far_apart() -> None:
    expert = Expert(EXPERTS, epochs=2, starts=StartRange(end=3))
    source = expert.begin(SETTING)
    assert {found_in(source, expert, step) for step in range(60)} == {(n, e) for n in range(3) for e in range(3)}


def test_a_range_slides_and_grows() -> None:
    expert = Expert(EXPERTS, epochs=1, starts=StartRange(first=1, end=4, begin_end=2, growth=40))
    source = expert.begin(SETTING)
    epochs = [found_in(source, expert, step)[1] for step in range(100)]
    assert set(epochs[:20]) == {1}
    assert set(epochs[20:40]) == {1, 2}
    assert set(epochs[40:]) == {1, 2, 3}


@pytest.mark.parametrize(
    ("epochs", "starts", "kept"),
    [
        (2, StartRange(end=2), (0, 1, 2, 3)),
        (5, StartRange(end=2), (0, 1, 5, 6)),
        (2, StartRange(first=40, end=43, begin_end=41, growth=9), (40, 41, 42, 43, 44)),
    ],
)
def test_only_starts_and_goals_are_kept(epochs: int, starts: StartRange, kept: tuple[int, ...]) -> None:
    assert Expert(epochs=epochs, starts=starts).kept == kept


def test_draws_follow_from_the_step_alone() -> None:
    expert = Expert(EXPERTS, epochs=1, starts=StartRange(end=2))
    straight, restarted = expert.begin(SETTING), expert.begin(SETTING)
    expected = [straight.draw(step) for step in range(5)]
    for step in (4, 2):
        assert torch.equal(restarted.draw(step).network.flat(), expected[step].network.flat())
        assert torch.equal(restarted.draw(step).goal, expected[step].goal)


def test_a_range_that_does_not_grow_is_constant() -> None:
    assert [StartRange(1, 5).end_at(step) for step in (0, 7, 10**6)] == [5, 5, 5]


@pytest.mark.parametrize(("step", "end"), [(0, 10), (250, 12.5), (500, 15), (1000, 20), (5000, 20)])
def test_datms_growth_is_linear(step: int, end: float) -> None:
    assert StartRange(end=20, begin_end=10, growth=1000).end_at(step) == end
