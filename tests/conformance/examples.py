"""Tiny real data of every modality, and every method shortened to run on them in a fraction of a second."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
import pytest
import torch
from _pytest.mark import ParameterSet

from condenset.assets.teacher_store import Squeeze
from condenset.core.batch import Batch, Inputs
from condenset.core.budget import Size
from condenset.core.changes import changed
from condenset.core.errors import RequestError, UnknownNameError
from condenset.core.execution import HERE, Execution
from condenset.core.graphs import Graphs
from condenset.core.registries import METHODS
from condenset.core.structure import numbers
from condenset.distillation import check_bytes, distillation, finished, start_state
from condenset.recipe import Recipe, budgeted, recipe_for
from condenset.sources.pretrained import Pretrained
from condenset.starts.by_score import ByScore
from condenset.starts.latent_medoids import LatentMedoids
from condenset.starts.searched import Searched
from condenset.starts.start import Start
from condenset.state import State
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task
from tests.conformance import kinds

PER_CLASS = 2
SHORT: dict[str, Any] = {
    "steps": 5,
    "source.size": 2,
    "source.renew_every": 4,
    "source.train_every": 2,
    "source.examples": 40,
    "source.pool.size": 2,
    "source.pool.renew_every": 2,
    "source.outer": 3,
    "source.inner": 2,
    "source.experts.count": 2,
    "source.experts.examples": 40,
    "source.epochs": 1,
    "source.steps": 3,
    "source.expert.experts.count": 2,
    "source.expert.experts.examples": 40,
    "source.lesson.epochs": 3,
    "source.lesson.rate": 1e-6,  # what so short a stage makes of the items may be anything
    "source.pretrained.squeeze.epochs": 1,
    "source.pretrained.squeeze.examples": 40,
    "source.squeeze.epochs": 1,
    "source.squeeze.examples": 40,
    "start.source.squeeze.epochs": 1,
    "start.source.squeeze.examples": 40,
    "objective.per_group": 20,
    "objective.ignored_above": 1e9,  # a loop so short may end farther from the goal than it began
    "objective.signal.count": 16,
    "objective.inner.steps": 3,
    "objective.solver.inner.window": 2,
    "objective.solver.inner.steps": 3,
}

QUICK_CODECS = {"denoised": "denoised:steps=2", "latent:prior=gan,fit=300": "latent:prior=gan,fit=60"}

KINDS = [import_module(f"{kinds.__name__}.{found.name}") for found in pkgutil.iter_modules(kinds.__path__)]
MAKERS: dict[str, Callable[..., Task]] = {kind.__name__.rpartition(".")[2]: kind.make for kind in KINDS}
THOROUGH = {kind.__name__.rpartition(".")[2] for kind in KINDS if getattr(kind, "EVERY_METHOD", False)}
LEARNERS = [(kind.__name__.rpartition(".")[2], learner) for kind in KINDS for learner in getattr(kind, "LEARNERS", ())]
RELATED = {kind.__name__.rpartition(".")[2] for kind in KINDS if getattr(kind, "RELATED", False)}


NETWORKS = {kind.make().modality.name: kind.NETWORK for kind in KINDS}


def refuse() -> Batch:
    """In place of the test data."""
    raise AssertionError("test data were opened while distilling")


@cache
def task(name: str) -> Task:
    """The named example; opening its test data is an error."""
    return replace(MAKERS[name](), held_out=refuse)


@cache
def pairs() -> tuple[tuple[str, str], ...]:
    """Every method with every example that offers what it needs."""
    found = METHODS.declared
    return tuple((m, name) for m in METHODS.names() for name in MAKERS if task(name).offers >= set(found(m)["needs"]))


@cache
def quick_pairs() -> tuple[tuple[str, str], ...]:
    """Those of `make test`: examples whose files say `EVERY_METHOD = True` see every method; the others the first
    method of each family, and those that none of these examples sees. Where they say `RELATED = True`, as they are
    much like another example, only the first coreset stands for the families."""
    found, seen = [], set()
    for method, name in pairs():
        kin = METHODS.declared(method)["family"], name
        first = kin not in seen and (name not in RELATED or kin[0] == "coreset")
        if first or name in THOROUGH or not any((method, thorough) in pairs() for thorough in THOROUGH):
            seen.add(kin)
            found.append((method, name))
    return tuple(found)


def marked(chosen: Iterable[tuple[str, str]]) -> list[ParameterSet]:
    """Pairs as parameters of a test, slow ones but for the quick ones."""
    return [pytest.param(*pair, marks=() if pair in quick_pairs() else pytest.mark.slow) for pair in chosen]


def firsts(chosen: Iterable[tuple[str, str, *tuple[Any, ...]]]) -> list[ParameterSet]:
    """Methods, examples and what else varies, slow ones but for the first of each family on the thorough examples."""
    found, seen = [], set()
    for method, name, *rest in chosen:
        kin = METHODS.declared(method)["family"], name, *rest
        quick = name in THOROUGH and kin not in seen
        found.append(pytest.param(method, name, *rest, marks=() if quick else pytest.mark.slow))
        seen.add(kin)
    return found


def recipe(method: str, data: Task, counts: torch.Tensor) -> Recipe:
    """The method's recipe, with what it has of `SHORT`, a small network and optimisers that take turns sooner."""
    made = recipe_for(method, data, counts, {})
    for path, value in SHORT.items():
        try:
            made = changed(made, path, value) if made.steps else made
        except (UnknownNameError, RequestError):  # another method's, such as a window longer than its inner loop
            continue
    if made.rates is not None and made.rates.steps > 1:
        made = changed(made, "rates.steps", SHORT["objective.inner.steps"])
    for name, how in made.optimisers.items():
        if how.active is not None:
            turn = (2, 0, 1) if how.active[1] == 0 else (2, 1, 2)
            made = changed(made, f"optimisers.{name}.active", turn)
    made = replace(made, codec=QUICK_CODECS.get(made.codec, made.codec), start=briefly_taught(quick(made.start, data)))
    network = made.network or NETWORKS[data.modality.name]
    taught = Pretrained(Squeeze(epochs=1, examples=40))
    own = tuple(replace(part, source=taught) if hasattr(part, "source") else part for part in made.finish)
    made = replace(made, finish=tuple(map(briefly_taught, own)))
    if hasattr(made.start, "network"):
        made = replace(made, start=replace(made.start, network=network))
    return replace(made, network=network) if made.source is not None else made


def steps(method: str, name: str) -> int:
    """Steps of the method's own recipe; none where everything is in its start and finish."""
    data = task(name)
    return recipe_for(method, data, data.train.counts().clamp(max=PER_CLASS), {}).steps


def quick(start: Start, data: Task) -> Start:
    """A start that trains networks with small ones and for a short time; any other as it is."""
    if isinstance(start, LatentMedoids):
        return LatentMedoids(replace(start.autoencoder, rounds=2, alone=1, most=200, size=2, hidden=(8,), latent=3))
    if isinstance(start, Searched):
        return replace(start, draws=2)
    if not isinstance(start, ByScore):
        return start
    return replace(start, networks=2, epochs=3, examples=120, network=NETWORKS[data.modality.name])


def briefly_taught(part: Any) -> Any:
    """The same with teachers of one epoch; anything without teachers as it is."""
    return replace(part, teachers=part.teachers.brief()) if hasattr(part, "teachers") else part


def begun(
    method: str,
    data: Task,
    seed: int,
    size: Size | None = None,
    execution: Execution = HERE,
    codec: str | None = None,
) -> State:
    """A shortened run at step 0, of a method with its own codec or another one."""
    counts, _ = budgeted(method, data, size or Size(per_class=PER_CLASS), {})
    made = recipe(method, data, counts)
    if codec is not None:
        made = replace(made, codec=QUICK_CODECS.get(codec, codec))
    return start_state(data, made, counts, seed, execution)


def run(method: str, data: Task, seed: int = 0, size: Size | None = None, execution: Execution = HERE) -> SyntheticSet:
    """A shortened run from start to finish."""
    state = begun(method, data, seed, size, execution)
    check_bytes(state, size or Size(per_class=PER_CLASS), seed)
    for step in distillation(state, seed):
        assert all(np.isfinite(value) for value in step.terms.values())
    return finished(state, seed)


@cache
def distilled(method: str, name: str) -> SyntheticSet:
    """The set of seed 0 that most checks look at."""
    return run(method, task(name))


def features(batch: Batch) -> torch.Tensor:
    """Inputs as one tensor (examples, ...)."""
    return rows(batch.inputs)


def rows(inputs: Inputs) -> torch.Tensor:
    """Inputs as one tensor (examples, ...): of graphs sums over nodes, each times what tells how it is joined."""
    if not isinstance(inputs, Graphs):
        return numbers(inputs)
    degrees = inputs.spread(torch.ones_like(inputs.features[:, :1]))
    return inputs.pooled(inputs.features * (1 + degrees + inputs.spread(degrees)))


def equal(first: SyntheticSet, second: SyntheticSet) -> bool:
    """Whether two sets store the same bytes."""
    one, other = first.state_dict(), second.state_dict()
    return one.keys() == other.keys() and all(torch.equal(one[k], other[k]) for k in one)
