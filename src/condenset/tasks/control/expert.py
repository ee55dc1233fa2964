"""The expert: a linear policy, found by cross-entropy search, and what it does as the data to distil."""

from __future__ import annotations

import contextlib
import hashlib
import zipfile
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.cache import cache_folder, put
from condenset.core.errors import DataError
from condenset.core.rng import Rng
from condenset.tasks.control.environment import EXPERT, TEST, VALIDATION, Environment, Facts, Log, gymnasium

_VERSION = 1  # of the search; another one keeps under other names
_TRIED = 16  # episodes of random actions, which say in what units observations come
_FLAT = 1e-6  # a feature that spreads less is a constant


@dataclass(frozen=True)
class Search:
    """Cross-entropy search over linear policies (Rubinstein 1999, in the form of Szita and Lőrincz 2006).

    Attributes:
        population: policies per generation.
        elite: of them, those whose mean and spread the next generation is drawn from.
        episodes: per policy, the same starts for all of a generation.
        generations: at most.
    """

    population: int = 64
    elite: int = 8
    episodes: int = 8
    generations: int = 40


SEARCH = Search()


@dataclass(frozen=True)
class Linear:
    """Policies that take the action of the largest score; the first action's is 0, so that two need one row.

    Attributes:
        weights: (policies, actions - 1, features + 1), the last column a constant.
    """

    weights: Float[Tensor, "policies rows columns"]

    def __call__(self, states: Float[Tensor, "policies episodes features"]) -> Int[Tensor, "policies episodes"]:
        """The action of every policy in every episode."""
        scores = torch.einsum("pef,paf->pea", states, self.weights[..., :-1]) + self.weights[:, None, :, -1]
        return torch.cat([torch.zeros_like(scores[..., :1]), scores], -1).argmax(-1)


def logs_of(name: str, facts: Facts, goal: float | None, episodes: int, seed: int) -> dict[str, Log]:
    """What the expert of an environment does: "train", "validation", "test", so many episodes each.

    Found once and kept below the cache folder.

    Args: goal, mean return that the expert must reach; None: more than random actions do.
    Raises `DataError` where no policy reaches it.
    """
    asked = name, facts, goal, episodes, seed, astuple(SEARCH), _VERSION, gymnasium().__version__
    path = cache_folder() / "control" / f"{hashlib.sha256(repr(asked).encode()).hexdigest()[:32]}.npz"
    kept = _kept(path)
    if kept is None:
        kept = _made(name, facts, goal, episodes, Rng(seed).child("expert"))
        with contextlib.suppress(OSError), put(path) as part, part.open("wb") as file:
            np.savez(
                file, **{f"{split}/{field}": getattr(log, field) for split, log in kept.items() for field in _FIELDS}
            )
    return kept


_FIELDS = tuple(Log.__dataclass_fields__)


def _kept(path: Path) -> dict[str, Log] | None:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {
                split: Log(*(arrays[f"{split}/{field}"] for field in _FIELDS))
                for split in ("train", "validation", "test")
            }
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _made(name: str, facts: Facts, goal: float | None, episodes: int, rng: Rng) -> dict[str, Log]:
    raw = Environment(name, facts.actions, (0.0,) * facts.features, (1.0,) * facts.features)
    tried = _random_actions(raw, rng.child("random"))
    environment = Environment(name, facts.actions, *spread(tried.observations))
    least = float(tried.returns.mean()) if goal is None else goal
    policy = search(environment, least, rng)
    splits = {"train": EXPERT, "validation": VALIDATION, "test": TEST}
    logs = {split: environment.record(policy, seeds[:episodes]) for split, seeds in splits.items()}
    reached = float(logs["train"].returns.mean())
    if reached < least or (goal is None and reached == least):
        wanted = f"at least {least:.6g}" if goal is not None else f"more than the {least:.6g} of random actions"
        raise DataError(
            f"no expert was found for {name!r}: after at most {SEARCH.generations} generations of {SEARCH.population} "
            f"linear policies the best reached a mean return of {reached:.6g}, and {wanted} was expected; try another "
            "--seed, or give the log of a better policy as an NPZ file (observations, actions) with --environment"
        )
    return logs


def search(environment: Environment, goal: float, rng: Rng) -> Linear:
    """The mean of the last generation, (1, actions - 1, features + 1).

    It ends when a whole generation reaches the goal on average: then its mean is well inside what works.
    """
    shape = len(environment.actions) - 1, len(environment.mean) + 1
    mean, std = torch.zeros(shape), torch.ones(shape)
    for generation in range(SEARCH.generations):
        own = rng.child("generation", generation)
        weights = mean + std * torch.randn(SEARCH.population, *shape, generator=own.child("weights").torch())
        returns = environment.returns(Linear(weights), len(weights), _seeds(SEARCH.episodes, own)).mean(1)
        best = weights[returns.topk(SEARCH.elite).indices]
        mean, std = best.mean(0), best.std(0)
        if returns.mean() >= goal:
            break
    return Linear(mean[None])


def spread(observations: Float[np.ndarray, "n features"]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of every feature; 1 for one that is constant."""
    values = observations.astype(np.float64)
    std = values.std(0)
    return tuple(values.mean(0).tolist()), tuple(np.where(std < _FLAT, 1.0, std).tolist())


def _random_actions(environment: Environment, rng: Rng) -> Log:
    generator = rng.torch()

    def policy(states: Tensor) -> Tensor:
        return torch.randint(len(environment.actions), states.shape[:2], generator=generator)

    return environment.record(policy, _seeds(_TRIED, rng))


def _seeds(count: int, rng: Rng) -> Sequence[int]:
    """Of episodes to search with; those of the log are the first of all."""
    found: list[int] = rng.child("episodes").numpy().integers(2**20, EXPERT.stop, size=count).tolist()
    return found
