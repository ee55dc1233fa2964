"""What a run will take, before it is spent: steps, time, memory, disk, bytes. Measured on a few of its steps."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from shutil import rmtree
from statistics import fmean, median
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from jaxtyping import Int
from torch import Tensor

from condenset.artifact.saving import PREVIEW_FILE, save
from condenset.assets.model_store import ModelStore, untrained
from condenset.assets.teachers import Lessons
from condenset.core.changes import settings
from condenset.core.errors import BudgetError
from condenset.core.execution import HERE, Execution
from condenset.distillation import as_stored, distillation, start_state
from condenset.recipe import Recipe, augmented, experts_of, stores
from condenset.sources.interpolated import Interpolated
from condenset.sources.pool import Pool, RunningPool
from condenset.sources.sequential_expert import SequentialExpert
from condenset.sources.source import Source
from condenset.starts.random import random
from condenset.state import State
from condenset.synthetic import Budget
from condenset.tasks.task import Task

_PROBES = 5
_SECONDS = 4.0  # of steps that are all alike, so that a moment's load does not decide
_TAUGHT = 32  # examples of a stand-in for an expert; a batch would take more memory than all that is predicted
_LEAST = 0.05  # share of a step's work that is worth advising
_SAVED = 10.0  # seconds between checkpoints, unless a run is asked for others
_SAID = 1500  # bytes of run.toml and recipe.toml
_LOGGED = 100  # bytes of a step's line in the log
_GROWTH = 1.1  # of the peak after the first steps; measured by the suite


@dataclass(frozen=True)
class Prediction:
    """What a run is expected to take.

    Attributes:
        steps: of the outer optimisation.
        items: stored items.
        data_bytes, label_bytes, extra_bytes: of the finished set.
        seconds: wall time on this machine as busy as it is now.
        memory: peak resident bytes of the process.
        pool: of these, what a pool of networks takes with their real sides.
        loaded: of the memory, what the program and its data take before the first step.
        disk: bytes that lie there at most, while the run lasts: its folder, and assets that it makes.
        assets: what must be computed first.
    """

    steps: int
    items: int
    data_bytes: int
    label_bytes: int
    extra_bytes: int
    seconds: float
    memory: int
    pool: int
    loaded: int
    disk: int
    assets: tuple[str, ...]

    def record(self) -> dict[str, Any]:
        """The JSON form."""
        sizes = {"data": self.data_bytes, "labels": self.label_bytes, "extras": self.extra_bytes}
        return {
            "schema": "condenset.explain/1",
            "steps": self.steps,
            "items": self.items,
            "bytes": sizes,
            "seconds": self.seconds,
            "memory_bytes": self.memory,
            "pool_bytes": self.pool,
            "disk_bytes": self.disk,
            "assets": list(self.assets),
        }

    def within(self, max_memory: int | None, max_time: float | None) -> None:
        """Raises `BudgetError` when the run would take more memory (bytes) or time (seconds) than allowed."""
        if max_memory is not None and self.memory > max_memory:
            raise BudgetError(
                f"the run needs about {self.memory / 2**20:.0f} MiB, "
                f"more than the {max_memory / 2**20:.0f} MiB allowed: {self._fitting(max_memory)}"
            )
        if max_time is not None and self.seconds > max_time:
            raise BudgetError(
                f"the run takes about {self.seconds:.0f} s, more than the {max_time:.0f} s allowed: "
                f"lower steps, for example --set steps={max(1, int(self.steps * max_time / self.seconds))}"
            )

    def _fitting(self, memory: int) -> str:
        """What would fit, as work beyond the loaded data grows with what a step sees."""
        share = (memory - self.loaded) / (self.memory - self.loaded)
        if share < _LEAST:
            return f"the program and its data take {self.loaded / 2**20:.0f} MiB alone, so allow about what it needs"
        return f"about {share:.0%} of the items or of the real examples in a step (objective.per_group) would fit"


def predict(
    task: Task,
    recipe: Recipe,
    counts: Int[Tensor, " groups"],
    seed: int,
    execution: Execution = HERE,
    max_memory: int | None = None,
) -> Prediction:
    """Run a few of the recipe's steps on a copy of the run and extrapolate; the run itself is not touched.

    Experts and other models that are not there yet are not trained for this; the cost of their training is added. Of a
    pool of networks as many are thought to be held, one at least, as the rest of the run leaves room for in max_memory
    (bytes). While a checkpoint is written, the last two are there, too.
    """
    loaded = psutil.Process().memory_info().rss
    models = _models(task, recipe)
    with _experts(task, recipe) as (recipe, experts), untrained():
        state = start_state(task, recipe, counts, seed, execution)
        stored = _stored(state, seed)
        pace = _paced(state, seed)
        memory, pool, held = _memory(state, max_memory)
        storing = _seconds_of_storing(state)
    seconds, size = pace.seconds(recipe.steps, held) + stored.seconds + storing, stored.size
    checkpoint, written = sum(t.nbytes for t in state.tensors().values()), int(seconds / _SAVED)
    return Prediction(
        steps=recipe.steps,
        items=int(counts.sum()),
        data_bytes=size.data,
        label_bytes=size.labels,
        extra_bytes=size.extras,
        seconds=experts.seconds + models.seconds + seconds,
        memory=memory,
        pool=pool,
        loaded=loaded,
        disk=experts.disk + models.disk + min(3, written) * checkpoint + stored.disk + _LOGGED * recipe.steps,
        assets=experts.names + models.names,
    )


@dataclass(frozen=True)
class _Stored:
    """The finished set: its bytes, those of the files in its folder, and the seconds that finishing and saving take."""

    size: Budget
    disk: int
    seconds: float


def _stored(state: State, seed: int) -> _Stored:
    """Measured on the set of a run at step 0, which is stored in as many bytes as that of its last step."""
    began = time.perf_counter()
    synthetic = deepcopy(as_stored(state, seed)).to("cpu")  # a module is moved in place, and the run goes on with it
    with TemporaryDirectory(prefix="condenset-") as folder:
        saved = save(synthetic, state.task, Path(folder, "set"), {"changes": settings(state.recipe)})
        files = {path.name: path.stat().st_size for path in saved.iterdir()}
    start = files[PREVIEW_FILE] if state.recipe.steps else 0  # its picture is as large
    return _Stored(synthetic.nbytes(), sum(files.values()) + start + _SAID, time.perf_counter() - began)


def _seconds_of_storing(state: State) -> float:
    """What the codec takes for a set that was learnt: at step 0 it may have nothing to do, as with pictures that are
    compressed already."""
    began = time.perf_counter()
    if state.step:
        state.synthetic.codec.stored()
    return time.perf_counter() - began


@dataclass(frozen=True)
class _Assets:
    names: tuple[str, ...] = ()
    seconds: float = 0.0
    disk: int = 0


def _models(task: Task, recipe: Recipe) -> _Assets:
    """What the missing models of the data cost, each once, though several parts may read it, and what teachers do."""
    needed = stores(recipe, task)
    found = {store.key: store for store in needed if isinstance(store, ModelStore) and store.missing()}
    lessons = {(store.teachers.of(task), store.times): store for store in needed if isinstance(store, Lessons)}
    costs = [store.cost() for store in found.values()]
    names = [f"{store.kind} (trained once, then shared)" for store in found.values()]
    names += ["teachers (trained in every run)"] if lessons else []
    seconds = sum((seconds for seconds, _ in costs), 0.0) + sum(store.seconds() for store in lessons.values())
    return _Assets(tuple(names), seconds, sum(disk for _, disk in costs))


@contextmanager
def _experts(task: Task, recipe: Recipe) -> Iterator[tuple[Recipe, _Assets]]:
    """What the missing experts cost, and the recipe with one expert of few examples, which is gone afterwards."""
    experts, task = experts_of(recipe), augmented(task, recipe)
    if experts is None:
        yield recipe, _Assets()
        return
    source, network = experts
    store = source.store(task, network)
    later = (source.stages - 1) * store.experts.count if isinstance(source, SequentialExpert) else 0
    missing = len(store.missing()) + later
    if not missing:
        yield recipe, _Assets()
        return
    assets = _Assets((f"{store.called}: {missing} (trained once, then shared)",), *store.cost(missing))
    quick = source.with_experts(replace(store.experts, count=1, examples=_TAUGHT))
    try:  # a start that asks experts would train them
        yield replace(recipe, start=random, source=quick if recipe.source else None), assets
    finally:
        rmtree(quick.store(task, network).folder, ignore_errors=True)


@dataclass(frozen=True)
class Pace:
    """What a run's time is made of.

    Attributes:
        once: seconds of what the first step alone waits for, compiling most of all.
        new, old: seconds of a step under a network that has no real sides yet, and under one that has.
        networks: that are met in the run, with a pool; 0 where steps are all alike.
    """

    once: float = 0.0
    new: float = 0.0
    old: float = 0.0
    networks: float = 0.0

    def seconds(self, steps: int, held: float) -> float:
        """Of so many steps, where this share of a pool's members is held and others are met as new ones."""
        again = (steps - self.networks) * held
        return self.once + self.new * (steps - again) + self.old * again


def _paced(state: State, seed: int) -> Pace:
    """Timed on a run that has not begun, and that is of no use afterwards."""
    recipe = state.recipe
    if recipe.steps == 0 or state.source is None:
        return Pace()
    pool, stage = _pool_of(recipe.source), max(_PROBES, state.source.draw(0).uses)
    durations = _durations(state, seed)
    if pool is None:
        first, mean = next(durations), _mean(durations, stage)  # a whole stage holds one step that pays
        return Pace(first - mean, mean, mean)

    def met_twice(step: int) -> tuple[float, float]:
        seconds = []
        for _ in range(2):
            state.step = step
            seconds.append(next(durations))
        return seconds[0], seconds[1]

    # Steps that lie so far apart meet networks that are new by then, unless the pool is small and slow.
    (first, _), *later = (met_twice(number * recipe.steps // (_PROBES + 1)) for number in range(_PROBES + 1))
    new, old = (median(times) for times in zip(*later, strict=True))
    return Pace(first - new, new, old, _met(pool.size + recipe.steps // pool.renew_every, recipe.steps))


def _met(networks: int, draws: int) -> float:
    """How many of so many networks are drawn at least once, on average."""
    return networks * -math.expm1(-draws / networks)


def _pool_of(source: Source | None) -> Pool | None:
    """The pool of a source whose networks come again."""
    pool = source.pool if isinstance(source, Interpolated) else source
    return pool if isinstance(pool, Pool) and pool.size > 1 else None


def _memory(state: State, limit: int | None) -> tuple[int, int, float]:
    """Bytes of the process at its peak, those of a pool, and the share of the pool's members that these hold.

    Args: limit, bytes that the process may take; a pool gets what the rest leaves, one member at least.
    """
    memory = psutil.Process().memory_info()
    peak = int(max(memory.rss, memory._asdict().get("peak_wset", 0)) * _GROWTH)
    source, wanted = state.source, _pool_of(state.recipe.source)
    if wanted is None or not isinstance(source, RunningPool) or state.step == 0:
        return peak, 0, 1.0
    rest, member = peak - source.nbytes, source.member_nbytes
    full = int(member * _met(wanted.size, state.recipe.steps))
    pool = full if limit is None else min(full, max(limit - rest, int(member)))
    return rest + pool, pool, pool / full


def _mean(durations: Iterator[float], count: int) -> float:
    """Of so many steps, and of as many again until these last long enough; 0 if none follow."""
    seconds = list(islice(durations, count))
    while sum(seconds) < _SECONDS and (more := list(islice(durations, count))):
        seconds += more
    return fmean(seconds or [0.0])


def _durations(state: State, seed: int) -> Iterator[float]:
    began = time.perf_counter()
    for _ in distillation(state, seed):
        yield time.perf_counter() - began
        began = time.perf_counter()
