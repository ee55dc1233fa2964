"""Opens control as a task: a known environment, one of Gymnasium by its id, or a log of what a policy did."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from condenset.core.batch import Batch
from condenset.core.errors import DataError, RequestError
from condenset.core.groups import ByClass
from condenset.core.registries import MODALITIES
from condenset.core.spec import Leaf
from condenset.tasks.control.environment import TEST, VALIDATION, Environment, Facts, facts_of
from condenset.tasks.control.expert import logs_of, spread
from condenset.tasks.control.grading import by_episodes
from condenset.tasks.footprint import Footprint, bytes_on_disk, share
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.reading.npz import array_names, read_arrays
from condenset.tasks.recognised import Recognised
from condenset.tasks.targets.action import Action
from condenset.tasks.task import Task

PREFIX = "gym:"
_ID = re.compile(r"[A-Z]\w*-v\d+")
_LOGGED = {"observations", "actions"}  # arrays of a log
EPISODES = 20  # of a grade, and of an expert's log


@dataclass(frozen=True)
class Known:
    """What is known of an environment beside what Gymnasium says.

    Attributes:
        observations, actions: names.
        least, most: bounds of an episode's return.
        goal: return from which an episode counts as solved; None: Gymnasium's threshold.
    """

    observations: tuple[str, ...]
    actions: tuple[str, ...]
    least: float
    most: float
    goal: float | None = None


_POLE = ("position", "velocity", "angle", "angular velocity"), ("left", "right")
_LINKS = ("cos θ1", "sin θ1", "cos θ2", "sin θ2", "velocity θ1", "velocity θ2"), ("torque -1", "none", "torque +1")
_CAR = ("position", "velocity"), ("left", "none", "right")
KNOWN = {
    "CartPole-v1": Known(*_POLE, least=0.0, most=500.0, goal=500.0),
    "Acrobot-v1": Known(*_LINKS, least=-500.0, most=0.0),
    "MountainCar-v0": Known(*_CAR, least=-200.0, most=0.0),
}
NAMES = {"cartpole": "CartPole-v1", "acrobot": "Acrobot-v1", "mountain-car": "MountainCar-v0"}


def open_control(
    source: str | Path, *, environment: str | None = None, episodes: int = EPISODES, seed: int = 0
) -> Task:
    """An environment, with what an expert does in it as training data.

    Args:
        source: a known name ("cartpole"), an id of Gymnasium ("Acrobot-v1", "gym:Acrobot-v1"), or an NPZ file with the
            log of a policy: observations (steps, features), actions (steps,).
        environment: id of the environment that a log is of.
        episodes: of the expert that are its log.
        seed: of the search for the expert.

    Raises:
        UnknownNameError: no such environment; the message names the nearest.
        DataError: the environment or the log cannot be used, or no expert was found; the message says why.
        RequestError: an option that does not fit the source.
    """
    if episodes < 1:
        raise RequestError(f"an expert's log of {episodes} episodes is impossible: give 1 or more")
    record: dict[str, Any] = {"source": str(source), "environment": environment, "episodes": episodes, "seed": seed}
    path = Path(source)
    if path.suffix == ".npz":
        if environment is None:
            raise RequestError(f"{source} is the log of an environment: say which by --environment, as in CartPole-v1")
        observations, actions = read_log(path)
        task = control_from_log(environment, observations, actions, name=path.stem, source=record)
        return replace(task, footprint=Footprint(share(bytes_on_disk([path]), len(task.train), len(actions))))
    if environment is not None:
        raise RequestError(f"--environment says what a log is of, and {str(source)!r} is none: leave it out")
    text = str(source)
    return _of_expert(text.removeprefix(PREFIX), NAMES.get(text, text.removeprefix(PREFIX)), episodes, seed, record)


def control_from_log(
    environment: str, observations: Any, actions: Any, *, name: str = "log", source: dict[str, Any] | None = None
) -> Task:
    """What a policy did in an environment, as a task: its last tenth is for tests, the tenth before for validation.

    Args:
        environment: id in Gymnasium.
        observations: (steps, features) in the environment's units.
        actions: (steps,) what the environment was told.
        name: of the task.
        source: JSON-able arguments that open the task again.
    Raises `UnknownNameError` and `DataError`.
    """
    facts = facts_of(environment)
    observed, done = _checked(np.asarray(observations), np.asarray(actions), environment, facts.features, facts.actions)
    tenth = max(1, len(done) // 10)
    ends = {"train": (0, len(done) - 2 * tenth), "validation": (len(done) - 2 * tenth, len(done) - tenth)}
    ends["test"] = len(done) - tenth, len(done)
    starts = {"train": 0, "validation": VALIDATION.start, "test": TEST.start}
    rows = {
        split: (observed[first:last], done[first:last], starts[split] + np.arange(last - first) % EPISODES)
        for split, (first, last) in ends.items()
    }
    return _task(name, environment, rows, _goal(environment, facts), source or {})


def read_log(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Observations (n, ...) and actions of an NPZ file. Raises `DataError`."""
    arrays = read_arrays(path)
    if missing := sorted(_LOGGED - set(arrays)):
        raise DataError(
            f"{path} holds no array {missing[0]}: expected observations (steps, features), actions (steps,)"
        )
    return arrays["observations"], arrays["actions"]


def recognise_log(path: Path) -> bool:
    """Whether a file is an NPZ of observations and actions."""
    return path.suffix == ".npz" and array_names(path) >= _LOGGED


def knows_environment(text: str) -> bool:
    """Whether a text that is no path is spelt like an environment: "Acrobot-v1", or anything after "gym:"."""
    return text.startswith(PREFIX) or bool(_ID.fullmatch(text))


def _of_expert(name: str, environment: str, episodes: int, seed: int, source: dict[str, Any]) -> Task:
    facts = facts_of(environment)
    goal = _goal(environment, facts)
    logs = logs_of(environment, facts, goal, episodes, seed)
    rows = {
        split: (log.observations, np.array(facts.actions)[log.actions], log.episodes) for split, log in logs.items()
    }
    own = float(logs["train"].returns.mean()) if goal is None else goal
    return _task(name, environment, rows, own, source)


def _goal(environment: str, facts: Facts) -> float | None:
    known = KNOWN.get(environment)
    return facts.threshold if known is None or known.goal is None else known.goal


Rows = tuple[np.ndarray, np.ndarray, np.ndarray]  # observations (n, features), actions (n,), seeds of episodes (n,)


def _task(name: str, environment: str, rows: dict[str, Rows], goal: float | None, source: dict[str, Any]) -> Task:
    """Only actions that occur in the training rows can be learnt; policies choose between those."""
    observations, actions, _ = rows["train"]
    used = np.unique(actions)
    names = _names(environment, used)
    if len(used) < 2:
        raise DataError(
            f"all {len(actions)} steps of {name!r} take one action, {names[0]}: expected two or more to tell apart"
        )
    own = Environment(environment, tuple(used.tolist()), *spread(observations))
    known = KNOWN.get(environment)
    least, most = (None, None) if known is None else (known.least, known.most)
    target = Action(names, goal=goal, least=least, most=most)
    batches = {split: _batch(own, used, *part) for split, part in rows.items()}
    train = batches["train"]
    train = Batch(train.inputs["states"], train.targets, train.groups, train.weight)
    digest = hashlib.sha256(np.ascontiguousarray(observations).tobytes() + actions.astype(np.int64).tobytes())
    return Task(
        name=name,
        modality=MODALITIES.get("control"),
        input_spec=Leaf((observations.shape[1],)),
        target=target,
        groups=ByClass(names),
        train=InMemoryView(train, len(names)),
        held_out=partial(_same, batches["test"]),
        validation=batches["validation"],
        grader=partial(by_episodes, own),
        preprocessing={
            "kind": "control",
            "environment": environment,
            "actions": list(own.actions),
            "features": _features(environment, observations.shape[1]),
            "mean": list(own.mean),
            "std": list(own.std),
        },
        fingerprint={"rows": len(train), "sha256": digest.hexdigest()},
        source=source,
        recognised=Recognised(
            target=target.describe(),
            inputs=f"{len(train)} steps of {environment}, {observations.shape[1]} numbers each",
            test=f"episodes from the seeds {TEST.start} on",
            validation=f"episodes from the seeds {VALIDATION.start} on",
        ),
        resources={"environment": own},
    )


def _batch(
    environment: Environment, used: np.ndarray, observed: np.ndarray, actions: np.ndarray, seeds: np.ndarray
) -> Batch:
    """Rows whose action occurs in the training rows."""
    kept = np.isin(actions, used)
    targets = torch.from_numpy(np.searchsorted(used, actions[kept]).astype(np.int64))
    inputs = {
        "states": environment.states(observed[kept]),
        "seeds": torch.from_numpy(np.asarray(seeds)[kept].astype(np.int64)),
    }
    return Batch(inputs, targets, targets, torch.ones(len(targets)))


def _same(batch: Batch) -> Batch:
    return batch


def _names(environment: str, used: np.ndarray) -> tuple[str, ...]:
    known = KNOWN.get(environment)
    return tuple(str(action) if known is None else known.actions[action] for action in used.tolist())


def _features(environment: str, count: int) -> list[str]:
    known = KNOWN.get(environment)
    return [f"x{index}" for index in range(count)] if known is None else list(known.observations)


def _checked(
    observations: np.ndarray, actions: np.ndarray, environment: str, features: int, allowed: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """A log as float32 and int64. Raises `DataError`."""
    if observations.ndim != 2 or observations.shape[1] != features or observations.dtype.kind not in "fiu":
        found = f"{observations.shape} {observations.dtype}"
        raise DataError(f"observations are {found}: expected numbers (steps, {features}) of {environment!r}")
    if actions.shape != (len(observations),) or actions.dtype.kind not in "iu":
        found = f"{actions.shape} {actions.dtype}"
        raise DataError(f"actions are {found} beside {len(observations)} observations: expected one whole number each")
    if len(actions) < 10:
        raise DataError(f"the log has {len(actions)} steps: expected 10 or more, of which some are held out")
    if not np.isfinite(observations).all():
        row = int(np.flatnonzero(~np.isfinite(observations).all(1))[0])
        raise DataError(f"observation {row} of the log is not finite: remove that step")
    strange = sorted(set(np.unique(actions).tolist()) - set(allowed))
    if strange:
        raise DataError(
            f"the log takes the actions {strange}, which {environment!r} does not have: it has {list(allowed)}"
        )
    return observations.astype(np.float32), actions.astype(np.int64)
