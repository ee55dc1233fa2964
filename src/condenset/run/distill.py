"""Distilling as a user asks for it: open the data, run the loop with log and checkpoints, save the set."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from condenset.artifact.folder import RunFolder
from condenset.artifact.saving import save
from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.distillation import State, Step, allocate, distillation, finished, start_state
from condenset.recipe import Recipe, recipe_for
from condenset.run.config import Config, read_config
from condenset.run.explain import predict
from condenset.synthetic import SyntheticSet
from condenset.tasks.catalogue import open_task
from condenset.tasks.task import Task

_CHECKPOINT_SECONDS = 10.0
Watch = Callable[[Step, int], None]


@dataclass(frozen=True)
class Limits:
    """What a run may take; it is refused at its start when it would take more.

    Attributes:
        memory: bytes.
        time: seconds.
    """

    memory: int | None = None
    time: float | None = None


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
            "seed": self.config.seed,
        }


def distill(
    data: str | Path | Task,
    method: str = "dm",
    *,
    size: Size,
    out: str | Path | None = None,
    seed: int = 0,
    changes: Mapping[str, Any] | None = None,
    **options: Any,
) -> SyntheticSet:
    """Distil a dataset into a synthetic set.

    Args: data, a known name, a path or a task; size, the budget, such as `Size(per_class=10)`; out, a new folder to
    save into; changes, dotted changes to the recipe; options, how the data are opened (target="price").

    Raises `RequestError` kinds for what was asked wrongly, `DivergenceError` when the run diverges twice.
    Example: `condenset.distill("digits", "dm", size=Size(per_class=1))`.
    """
    task = data if isinstance(data, Task) else open_task(data, **options)
    config = Config(str(task.source.get("source", task.name)), method, size, seed, options, dict(changes or {}))
    return run(config, task=task, out=out).synthetic


def run(
    config: Config,
    *,
    task: Task | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    limits: Limits | None = None,
    device: torch.device | str = "cpu",
    watch: Watch = lambda step, steps: None,
) -> Distilled:
    """Run a configuration from start to finish.

    Args: task, already open, else it is opened from the configuration; out, the run folder; resume, continue the
    run that `out` holds; watch, called after every step with the number of steps.
    """
    began, cpu = time.perf_counter(), time.process_time()
    task = task or open_task(config.data, **config.options)
    counts, recipe = _recipe(config, task)
    if limits is not None and limits != Limits():
        predict(task, recipe, counts, config.seed).within(limits.memory, limits.time)
    folder = None if out is None else RunFolder.create(out, resume)
    state = start_state(task, recipe, counts, config.seed, device)
    if folder is not None:
        _open(folder, state, config)
    _loop(state, config.seed, folder, watch)
    synthetic = finished(state, config.seed).to("cpu")
    if folder is not None:
        save(synthetic, task, folder.path, {**config.record(), "steps": state.step})
        folder.finish()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    used = time.perf_counter() - began, time.process_time() - cpu
    return Distilled(synthetic, task, config, None if folder is None else folder.path, state.step, *used, peak)


def resume(out: str | Path, watch: Watch = lambda step, steps: None) -> Distilled:
    """Continue the run that a folder holds. Raises `RequestError` where it holds none or is finished."""
    path = Path(out)
    if not (path / "run.toml").exists():
        raise RequestError(f"{path} holds no run: nothing to resume; start one with condenset distill ... --out {path}")
    if RunFolder(path).finished:
        raise RequestError(f"{path} holds a finished set already: nothing to resume")
    return run(read_config(path / "run.toml"), out=path, resume=True, watch=watch)


def _recipe(config: Config, task: Task) -> tuple[torch.Tensor, Recipe]:
    """The method's recipe; its labels decide what an item weighs, so a budget in bytes is resolved after a look."""
    first = recipe_for(config.method, task, torch.ones(task.target.groups, dtype=torch.int64), config.changes)
    counts = allocate(task, config.size, first.labels)
    return counts, recipe_for(config.method, task, counts, config.changes)


def _open(folder: RunFolder, state: State, config: Config) -> None:
    path = folder.path / "run.toml"
    if path.exists() and path.read_text(encoding="utf8") != config.toml():
        raise RequestError(f"{path} holds another configuration: choose another folder, or resume without changing it")
    path.write_text(config.toml(), encoding="utf8")
    state.task.modality.preview(state.task, state.synthetic.decode().detach(), folder.path / "start.png")
    saved = folder.checkpoint()
    if saved is not None:
        state.restore(saved)
        folder.truncate_log(state.step)


def _loop(state: State, seed: int, folder: RunFolder | None, watch: Watch) -> None:
    saved = time.perf_counter()
    for step in distillation(state, seed):
        if folder is not None:
            folder.log({"step": step.step, "terms": dict(step.terms), "seconds": step.seconds})
            if time.perf_counter() - saved > _CHECKPOINT_SECONDS:
                folder.save_checkpoint(state.tensors())
                saved = time.perf_counter()
        watch(step, state.recipe.steps)
