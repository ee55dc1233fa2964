"""An environment of Gymnasium: episodes of whole populations of policies, addressed by seeds."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.errors import DataError, MissingExtraError, UnknownNameError
from condenset.core.rng import Rng

# Start states are drawn by seeds, and nobody draws from the range of another.
EXPERT = range(2**29)
VALIDATION = range(2**29, 2**29 + 2**28)
TEST = range(2**29 + 2**28, 2**30)
DISTILLING = range(2**30, 2**31)

Policies = Callable[[Float[Tensor, "policies episodes features"]], Int[Tensor, "policies episodes"]]
Watch = Callable[[np.ndarray, np.ndarray, np.ndarray], None]


@dataclass(frozen=True)
class Log:
    """What a policy did.

    Attributes:
        observations: (steps, features) as the environment gives them.
        actions: (steps,) indices into the environment's actions.
        episodes: (steps,) the seed of each step's episode.
        returns: (episodes,)
    """

    observations: Float[np.ndarray, "steps features"]
    actions: Int[np.ndarray, " steps"]
    episodes: Int[np.ndarray, " steps"]
    returns: Float[np.ndarray, " episodes"]


@dataclass(frozen=True)
class Environment:
    """An environment with a few actions to choose from. An episode is what `gymnasium.make(name).reset(seed=s)` begins,
    however it is computed; its return is the plain sum of its rewards.

    Attributes:
        name: its id.
        actions: what the environment calls the actions that policies choose between.
        mean, std: (features,) what observations are standardised by before policies see them.
    """

    name: str
    actions: tuple[int, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def states(self, observations: np.ndarray) -> Float[Tensor, "n features"]:
        """Observations (n, features) as policies see them."""
        raw = torch.from_numpy(np.ascontiguousarray(observations, dtype=np.float32))
        return (raw - torch.tensor(self.mean)) / torch.tensor(self.std)

    def seeds(self, count: int, rng: Rng) -> list[int]:
        """Seeds to distil with, none of which a grade uses."""
        found: list[int] = rng.numpy().integers(DISTILLING.start, DISTILLING.stop, size=count).tolist()
        return found

    def returns(self, policies: Policies, count: int, seeds: Sequence[int]) -> Float[Tensor, "policies episodes"]:
        """Returns (policies, episodes) of so many policies, every one on the same seeds.

        Args: policies, states (policies, episodes, features) on the CPU -> indices of actions (policies, episodes).
        """
        return self._played(policies, count, seeds, lambda *step: None)

    def record(self, policy: Policies, seeds: Sequence[int]) -> Log:
        """What one policy does in the episodes of some seeds, observations (n, ...) in the order of time."""
        steps: list[tuple[np.ndarray, ...]] = []

        def watch(observed: np.ndarray, actions: np.ndarray, alive: np.ndarray) -> None:
            steps.append((observed[alive].copy(), actions[alive], np.asarray(seeds)[alive]))

        returns = self._played(policy, 1, seeds, watch)[0].numpy()
        observations, actions, episodes = (np.concatenate(part) for part in zip(*steps, strict=True))
        return Log(observations, actions, episodes, returns)

    def _played(self, policies: Policies, count: int, seeds: Sequence[int], watch: Watch) -> Tensor:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Gymnasium warns of versions that a user asked for
            env, observed = _begun(self.name, count, [int(seed) for seed in seeds])
        total, alive = np.zeros(count * len(seeds)), np.ones(count * len(seeds), dtype=bool)
        names = np.array(self.actions)
        try:
            while alive.any():
                states = self.states(observed)
                with torch.no_grad():
                    actions = policies(states.view(count, len(seeds), -1)).flatten().numpy()
                watch(observed, actions, alive)
                observed, rewards, terminated, truncated, _ = env.step(names[actions])
                total += np.where(alive, rewards, 0.0)  # whoever is done begins anew, which counts no more
                alive &= ~(terminated | truncated)
        finally:
            env.close()
        return torch.from_numpy(total).float().view(count, -1)


@dataclass(frozen=True)
class Facts:
    """What Gymnasium says of an environment.

    Attributes:
        actions: what it calls its actions.
        features: numbers in an observation.
        threshold: mean return from which it counts as solved; None: not known.
    """

    actions: tuple[int, ...]
    features: int
    threshold: float | None


def gymnasium() -> Any:
    """The library. Raises `MissingExtraError`."""
    try:
        import gymnasium
    except ImportError as error:
        raise MissingExtraError("gymnasium", "control") from error
    return gymnasium


def facts_of(name: str) -> Facts:
    """What policies need to know of an environment.

    Raises `UnknownNameError` for an id that is not registered, and `DataError` for an environment that cannot be made
    here, has continuous actions, observations that are no row of numbers, or episodes without an end.
    """
    gym = gymnasium()
    if name not in gym.registry:
        raise UnknownNameError("environment", name, gym.registry)
    spec = gym.spec(name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            env = gym.make(name)
    except (gym.error.Error, ImportError, AttributeError) as error:
        raise DataError(f"environment {name!r} cannot be made here: {error}") from error
    actions, observations = env.action_space, env.observation_space
    env.close()
    if not isinstance(actions, gym.spaces.Discrete):
        raise DataError(
            f"environment {name!r} has the actions {actions}: expected a few to choose from (Discrete); wrap it so "
            "that it has, and register that"
        )
    if not isinstance(observations, gym.spaces.Box) or len(observations.shape) != 1:
        raise DataError(
            f"environment {name!r} has the observations {observations}: expected a row of numbers (a Box of one "
            "dimension); wrap it in gymnasium.wrappers.FlattenObservation and register that"
        )
    if spec.max_episode_steps is None:
        raise DataError(f"episodes of {name!r} may have no end: register it with max_episode_steps")
    first, count = int(actions.start), int(actions.n)
    threshold = None if spec.reward_threshold is None else float(spec.reward_threshold)
    return Facts(tuple(range(first, first + count)), observations.shape[0], threshold)


def _begun(name: str, count: int, seeds: list[int]) -> tuple[Any, np.ndarray]:
    """An environment of count * len(seeds) episodes at their starts, policy by policy, and its first observations."""
    gym = gymnasium()
    if gym.spec(name).vector_entry_point is not None:
        found = _vectorised(gym, name, count, seeds)
        if found is not None:
            return found
    env = gym.make_vec(name, num_envs=count * len(seeds), vectorization_mode="sync")
    return env, env.reset(seed=seeds * count)[0]


def _vectorised(gym: Any, name: str, count: int, seeds: list[int]) -> tuple[Any, np.ndarray] | None:
    """The environment's own vector form, ten times as fast, put into the states that single ones begin in.

    It takes one seed for all its episodes, so these states are written over its own. None where it does not hold them
    as the numbers that are observed.
    """
    env, one = gym.make_vec(name, num_envs=count * len(seeds), vectorization_mode="vector_entry_point"), gym.make(name)
    env.reset(seed=0)
    observed, states = [], []
    for seed in seeds:
        observed.append(one.reset(seed=seed)[0])
        states.append(np.asarray(getattr(one.unwrapped, "state", np.nan), dtype=np.float64))
    one.close()
    first, held = np.stack(observed), np.stack(states, axis=-1)
    own = np.shape(getattr(env.unwrapped, "state", np.nan))
    if own != (first.shape[1], env.num_envs) or not np.array_equal(held.T.astype(first.dtype), first):
        env.close()
        return None
    env.unwrapped.state = np.tile(held, (1, count))
    return env, np.tile(first, (count, 1))
