"""Episodes: those of Gymnasium one by one, whatever is computed together; and what is refused."""

from __future__ import annotations

import pickle
import sys
from itertools import pairwise

import gymnasium
import numpy as np
import pytest
import torch

from condenset.core.errors import DataError, MissingExtraError, UnknownNameError
from condenset.core.rng import Rng
from condenset.tasks.control import environment
from condenset.tasks.control.environment import DISTILLING, EXPERT, TEST, VALIDATION, Environment, Facts, facts_of
from condenset.tasks.control.expert import Linear
from tests.examples import normal
from tests.tasks.control.example import BY_HAND, POLE, RAW, registered


def one_by_one(policy: Linear, seed: int) -> tuple[float, list[np.ndarray], list[int]]:
    """Return, observations and actions of an episode by Gymnasium's plain interface."""
    env = gymnasium.make(POLE)
    observed, _ = env.reset(seed=seed)
    total, seen, done, over = 0.0, [], [], False
    while not over:
        action = int(policy(torch.from_numpy(observed)[None, None])[0, 0])
        seen.append(observed)
        done.append(action)
        observed, reward, terminated, truncated, _ = env.step(action)
        total += float(reward)
        over = terminated or truncated
    return total, seen, done


def test_returns_are_those_of_single_episodes_from_their_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = normal(6, 1, 5)
    weights[0] = BY_HAND.weights[0]
    seeds = [3, 11, 2**30 + 7]
    found = RAW.returns(Linear(weights), 6, seeds)
    expected = [[one_by_one(Linear(row[None]), seed)[0] for seed in seeds] for row in weights]
    assert found.tolist() == expected
    assert found.max() == 500 and found.min() < 50  # some end early, others by time
    monkeypatch.setattr(environment, "_vectorised", lambda *_: None)
    assert torch.equal(RAW.returns(Linear(weights), 6, seeds), found)


def test_a_record_holds_every_step_until_the_end_and_none_after() -> None:
    bad = Linear(torch.tensor([[[0.0, 0.0, -1.0, 0.0, 0.0]]]))
    found = RAW.record(bad, [4, 5])
    for seed, total in zip([4, 5], found.returns.tolist(), strict=True):
        earned, seen, done = one_by_one(bad, seed)
        own = found.episodes == seed
        assert total == earned == own.sum() < 50
        np.testing.assert_array_equal(found.observations[own], seen)
        assert found.actions[own].tolist() == done


def test_policies_see_standardised_states_and_choose_among_some_actions() -> None:
    with registered() as name:
        assert facts_of(name) == Facts((5, 6, 7), 2, None)
        some = Environment(name, (5, 7), (1.0, 0.0), (2.0, 1.0))
        seen = []

        def policy(states: torch.Tensor) -> torch.Tensor:
            seen.append(states)
            return torch.ones(states.shape[:2], dtype=torch.int64)

        assert some.returns(policy, 1, [0, 1]).tolist() == [[1.0, 1.0]]
        start = gymnasium.make(name).reset(seed=1)[0]
        torch.testing.assert_close(seen[0][0, 1], torch.tensor([(start[0] - 1) / 2, 1.0]))
        assert pickle.loads(pickle.dumps(some)) == some


def test_ranges_of_seeds_lie_apart() -> None:
    ranges = [EXPERT, VALIDATION, TEST, DISTILLING]
    assert all(a.stop == b.start for a, b in pairwise(ranges))
    assert all(seed in DISTILLING for seed in RAW.seeds(1000, Rng(0)))
    assert RAW.seeds(3, Rng(0)) == RAW.seeds(3, Rng(0)) != RAW.seeds(3, Rng(1))


def test_an_unknown_environment_is_told_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'CartPole-v1'"):
        facts_of("CartPol-v1")


@pytest.mark.parametrize(
    ("spaces", "message"),
    [
        ({"actions": gymnasium.spaces.Box(-1, 1, (1,))}, "has the actions Box.*: expected a few to choose from"),
        ({"observations": gymnasium.spaces.Dict({"a": gymnasium.spaces.Discrete(2)})}, "observations Dict.*FlattenObs"),
        ({"observations": gymnasium.spaces.Box(0, 1, (2, 2))}, "expected a row of numbers"),
        ({"steps": None}, "may have no end: register it with max_episode_steps"),
    ],
)
def test_what_cannot_be_learnt_is_refused(spaces: dict, message: str) -> None:
    with registered(**spaces) as name, pytest.raises(DataError, match=message):
        facts_of(name)


def test_gymnasiums_own_continuous_and_unplayable_environments_are_refused() -> None:
    with pytest.raises(DataError, match="'Pendulum-v1' has the actions Box"):
        facts_of("Pendulum-v1")
    with pytest.raises(DataError, match="'Hopper-v2' cannot be made here"):
        facts_of("Hopper-v2")


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(MissingExtraError, match=r"condenset\[control\]"):
        facts_of(POLE)
