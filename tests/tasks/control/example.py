"""A pole held up by a policy written by hand, and small environments of our own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import gymnasium
import numpy as np
import torch

from condenset.tasks.control import control_from_log
from condenset.tasks.control.environment import Environment, Log
from condenset.tasks.control.expert import Linear
from condenset.tasks.task import Task

POLE = "CartPole-v1"
RAW = Environment(POLE, (0, 1), (0.0,) * 4, (1.0,) * 4)
BY_HAND = Linear(torch.tensor([[[0.1, 0.3, 3.0, 1.0, 0.0]]]))


def log(steps: int = 120) -> Log:
    """The first steps of an episode."""
    whole = RAW.record(BY_HAND, range(1))
    return Log(whole.observations[:steps], whole.actions[:steps], whole.episodes[:steps], whole.returns)


def task(steps: int = 120) -> Task:
    """The log as a task."""
    found = log(steps)
    return control_from_log(POLE, found.observations, found.actions)


_COUNT = count()


class Corridor(gymnasium.Env):
    """A place on a line that a step moves; being at the right end earns 1 and ends the episode.

    Its spaces are given, so that others than these can be refused.
    """

    def __init__(self, actions: Any = None, observations: Any = None, reward: float = 1.0) -> None:
        self.action_space = actions or gymnasium.spaces.Discrete(3, start=5)
        self.observation_space = observations or gymnasium.spaces.Box(-9, 9, (2,), np.float32)
        self._reward = reward

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[np.ndarray, dict]:
        super().reset(seed=seed)
        self._place = float(self.np_random.uniform(-1, 1))
        return self._seen(), {}

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict]:
        self._place += {5: -1, 6: 0, 7: 1}[int(action)]
        done = self._place > 3
        return self._seen(), self._reward * done, done, False, {}

    def _seen(self) -> np.ndarray:
        return np.array([self._place, 1.0], dtype=np.float32)


@contextmanager
def registered(threshold: float | None = None, steps: int | None = 10, **spaces: Any) -> Iterator[str]:
    """The id of a corridor with such spaces."""
    name = f"CondensetCorridor{next(_COUNT)}-v0"
    gymnasium.register(name, lambda: Corridor(**spaces), reward_threshold=threshold, max_episode_steps=steps)
    try:
        yield name
    finally:
        del gymnasium.registry[name]
