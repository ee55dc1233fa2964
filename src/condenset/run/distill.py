"""Distilling as a user asks for it: open the data, run the loop with log and checkpoints, save the set."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from psutil import Process

from condenset.artifact.checkpoint import has_checkpoint
from condenset.artifact.files import replacing, writing
from condenset.artifact.folder import CONFIG_FILE, LOG_FILE, RunFolder
from condenset.artifact.provenance import made_here
from condenset.artifact.reading import Artifact, read_given
from condenset.artifact.saving import draw
from condenset.artifact.sizes import saved_sizes
from condenset.core.asset import Asset
from condenset.core.budget import Size, as_size
from condenset.core.changes import owed_to
from condenset.core.errors import LimitReached, RequestError
from condenset.core.execution import LOCAL, Execution, Executor
from condenset.core.now_and_then import logged
from condenset.core.process import peak_memory
from condenset.distillation import Step, check_bytes, distillation, finished, start_state
from condenset.prediction import Prediction, predict
from condenset.recipe import Recipe, budgeted, stores
from condenset.run.config import Config, read_config
from condenset.run.made_from import digest, made_from, refuse_other, write
from condenset.run.start_set import begun_at, open_start, start_asset, start_set
from condenset.state import State
from condenset.synthetic import SyntheticSet
from condenset.tasks.catalogue import open_task
from condenset.tasks.task import Task

Watch = Callable[[Step, int], None]


@dataclass(frozen=True)
class Conditions:
    """Under what a run takes place; none of it changes the result.

    Attributes:
        memory: bytes that the run may take: a pool of networks shrinks to them, a run that needs more all the same is
            refused at its start, and one that has come to take more stops.
        time: seconds, likewise; of a run that goes on, those since then.
        checkpoint_every: seconds between checkpoints.
        disk: bytes that real sides of signals may take in the cache folder, for runs to come; 0 keeps none.
        device: where the set is optimised.
        executor: trains what must be there first, and measures the parts of the data.
    """

    memory: int | None = None
    time: float | None = None
    checkpoint_every: float = 10.0
    disk: int = 0
    device: torch.device | str = "cpu"
    executor: Executor = LOCAL


@dataclass(frozen=True)
class Distilled:
    """A finished run.

    Attributes:
        synthetic: the set.
        task, config: what it was made from.
        folder: where it was saved, None when it was not.
        steps, wall_s, cpu_s, peak_rss_bytes: what it took.
    """

    synthetic: SyntheticSet
    task: Task
    config: Config
    folder: Path | None
    steps: int
    wall_s: float
    cpu_s: float
    peak_rss_bytes: int

    def record(self) -> dict[str, Any]:
        """The JSON form, schema "condenset.distill/1"."""
        size = self.synthetic.nbytes()
        return {
            "schema": "condenset.distill/1",
            "artifact": None if self.folder is None else str(self.folder),
            "method": self.config.method,
            "task": self.task.name,
            "steps": self.steps,
            "wall_s": self.wall_s,
            "cpu_s": self.cpu_s,
            "peak_rss_bytes": self.peak_rss_bytes,
            "bytes": {"data": size.data, "labels": size.labels, "extras": size.extras},
            "sizes": None if self.folder is None else saved_sizes(self.folder).record(),
            "seed": self.config.seed,
            "recognised": self.task.recognised.record(),
        }


def distill(
    data: Any,
    method: str | None = None,
    *,
    size: Size,
    out: str | Path | None = None,
    seed: int = 0,
    changes: Mapping[str, Any] | None = None,
    start: SyntheticSet | str | Path | None = None,
    device: torch.device | str = "cpu",
    **options: Any,
) -> SyntheticSet:
    """Distil a dataset into a synthetic set.

    Args: data, a known name, a path, a task, or an object that `open_task` takes: a pandas DataFrame, a pair (X, y), a
    torch Dataset, a Hugging Face Dataset, a PyG Data, or a pair (train, test) of these; method, see `condenset list
    methods`, the one that suits the data where None is named (`evaluation.recommend`); size, the budget, such as
    `Size(per_class=10)`; out, a new folder to save into; changes, dotted changes to the recipe; start, a set whose
    items come before those of the recipe's own start, or the folder of a saved one; device, where it is made; options,
    how the data are opened (target="price").

    How far it is, the logger "condenset" tells at the level INFO, now and then.

    Raises `RequestError` kinds for what was asked wrongly, `DivergenceError` when the run diverges twice.
    Example: `condenset.distill("digits", "dm", size=Size(per_class=1))`.
    """
    size = as_size(size)
    if isinstance(data, Task) and options:
        raise RequestError(f"the task is open already: leave out {', '.join(options)}, or give them to open_task")
    task = data if isinstance(data, Task) else open_task(data, **options)
    config = Config(str(task.source.get("source", task.name)), method or "", size, seed, options, dict(changes or {}))
    if method is None:
        if changes or start is not None:
            raise RequestError("changes and start are those of a method, and none is named: name the method, too")
        config = _recommended(config, task, device)
    conditions, watch = Conditions(device=device), losses_on(logged(distilling(config)))
    if start is None:
        return run(config, task=task, out=out, conditions=conditions, watch=watch).synthetic
    with read_given(start) as begun:
        config = replace(config, start=start_set(begun, start))
        return run(config, task=task, start=begun, out=out, conditions=conditions, watch=watch).synthetic


def distilling(config: Config) -> str:
    """What a run does, in words."""
    return f"distilling {config.data} by {config.method}"


def losses_on(track: Callable[[int, int, str], None]) -> Watch:
    """Moves a progress bar or the like at every step, with the loss beside it."""
    return lambda step, steps: track(step.step, steps, f"loss {sum(step.terms.values()):.4g}")


def _recommended(config: Config, task: Task, device: torch.device | str) -> Config:
    from condenset.evaluation.recommend import recommend  # which runs configurations itself

    watch = logged(f"trying recipes on {task.name}")
    best = recommend(task, config.size, seed=config.seed, execution=Execution(device), watch=watch)[0].contender
    return replace(config, method=best.method, changes=best.changes, recommended=True)


def run(
    config: Config,
    *,
    task: Task | None = None,
    start: Artifact | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    conditions: Conditions | None = None,
    opened: Callable[[Task], None] = lambda task: None,
    watch: Watch = lambda step, steps: None,
) -> Distilled:
    """Run a configuration from start to finish.

    Args: task, start, already open, else they are opened from the configuration; out, the run folder; resume, continue
    the run that `out` holds, or begin it where `out` holds none; opened, called with the task where it is opened here;
    watch, called after every step with the number of steps.

    Raises `RequestError` kinds before anything is written, where the request is wrong; `LimitReached` where the run
    takes more than it may, with a checkpoint in its folder.
    """
    began, cpu = time.perf_counter(), time.process_time()
    conditions = conditions or Conditions()
    with _folder(out, resume) as folder, owed_to(config.changes):
        if task is None:
            task = open_task(config.data, **config.options)
            opened(task)
        counts, recipe = budgeted(config.method, task, config.size, config.changes)
        start = start or open_start(config)
        if start is not None:
            recipe = begun_at(start, recipe, config.method)
        origin = made_from(config, task, recipe)
        if folder is not None:
            refuse_other(folder.path, origin)
        there = task.to(conditions.device)
        execution = Execution(conditions.device, config.precision, executor=conditions.executor, disk=conditions.disk)
        if conditions.memory is not None or conditions.time is not None:
            prediction = predict(there, recipe, counts, config.seed, execution, conditions.memory)
            execution = _within(conditions, prediction, folder, execution)
        assets = [*prepare(recipe, there, conditions.executor), *([] if start is None else [start_asset(start)])]
        state = start_state(there, recipe, counts, config.seed, execution)
        check_bytes(state, config.size, config.seed)
        if folder is not None:
            write(folder.path, origin)
            folder.made_from = digest(origin)
            _open(folder, state)
        _loop(state, config.seed, folder, conditions, began, watch)
        synthetic = finished(state, config.seed).to("cpu")
        synthetic.provenance = made_here(task, {**config.record(), "steps": state.step}, assets)
        if folder is not None:
            synthetic.save(folder.path)
            folder.finish()
    used = time.perf_counter() - began, time.process_time() - cpu
    return Distilled(synthetic, task, config, None if folder is None else folder.path, state.step, *used, peak_memory())


def _within(
    conditions: Conditions, prediction: Prediction, folder: RunFolder | None, execution: Execution
) -> Execution:
    """With a pool that fits into the memory. Raises `BudgetError` where a run would take more than it may."""
    begun = folder is not None and has_checkpoint(folder.path)  # a part of the time was another's
    prediction.within(conditions.memory, None if begun else conditions.time)
    return replace(execution, memory=None if conditions.memory is None else prediction.pool)


def started(out: str | Path) -> Config:
    """The configuration of the run that a folder holds. Raises `RequestError` where it holds none or is finished."""
    path = Path(out)
    if not (path / CONFIG_FILE).exists():
        raise RequestError(f"{path} holds no run: nothing to resume; start one with condenset distill ... --out {path}")
    _refuse_finished(RunFolder(path))
    return read_config(path / CONFIG_FILE)


def prepare(recipe: Recipe, task: Task, executor: Executor) -> list[Asset]:
    """Compute what the recipe needs and is not there yet; what a set that is made by it was made with."""
    found = {asset.sha256: asset for asset in task.assets}  # by content: two parts may read the same
    for store in stores(recipe, task):
        store.train_missing(executor)
        found |= {asset.sha256: asset for asset in store.assets()}
    return list(found.values())


@contextmanager
def _folder(out: str | Path | None, resume: bool) -> Iterator[RunFolder | None]:
    """The run's folder; one that is new and still empty is removed when the run is refused."""
    if out is None:
        yield None
        return
    new = not Path(out).exists()
    try:
        with RunFolder.held(out, resume) as folder:
            _refuse_finished(folder)
            yield folder
    except BaseException:
        with suppress(OSError):  # it is not empty: the run can be resumed
            if new:
                Path(out).rmdir()
        raise


def _refuse_finished(folder: RunFolder) -> None:
    if folder.finished:
        raise RequestError(f"{folder.path} holds a finished set already: nothing to resume; choose another folder")


def _open(folder: RunFolder, state: State) -> None:
    if state.recipe.steps:
        start = folder.path / "start.png"
        with writing(start), replacing(start) as new:
            draw(state.synthetic, state.task, new)
    saved = folder.checkpoint()
    if saved is not None:
        state.restore(saved)
    if (folder.path / LOG_FILE).exists():
        folder.truncate_log(state.step)


def _loop(
    state: State, seed: int, folder: RunFolder | None, conditions: Conditions, began: float, watch: Watch
) -> None:
    saved = time.perf_counter()
    for step in distillation(state, seed):
        spent = "" if step.step == state.recipe.steps else _spent(conditions, began)
        if folder is not None:
            folder.log({"step": step.step, "terms": dict(step.terms), "seconds": step.seconds})
            if spent or time.perf_counter() - saved >= conditions.checkpoint_every:
                folder.save_checkpoint({name: tensor.cpu() for name, tensor in state.tensors().items()})
                saved = time.perf_counter()
        watch(step, state.recipe.steps)
        if spent:
            raise LimitReached(f"{spent} after step {step.step} of {state.recipe.steps}")


def _spent(conditions: Conditions, began: float) -> str:
    """Which limit a run that began then has come to, in words; empty: none."""
    if conditions.time is not None and time.perf_counter() - began > conditions.time:
        return f"the {conditions.time:g} s allowed are over"
    if conditions.memory is not None and (taken := Process().memory_info().rss) > conditions.memory:
        return f"{taken / 2**20:.0f} MiB are taken, and {conditions.memory / 2**20:.0f} MiB are allowed (allow more)"
    return ""
