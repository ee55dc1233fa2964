"""Sets too large to be learnt at once: shards of a few classes each, every one a run of its own, joined in the end.

Items of a class need no other class where it is a trained network that they are made from. So memory is that of a shard
until all are there, a kill loses what was learnt since the last checkpoint of those at work, and an executor's workers,
which share a folder, take one each.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol, runtime_checkable

import torch

from condenset.artifact import read
from condenset.artifact.card import read_card
from condenset.artifact.folder import RunFolder
from condenset.artifact.joining import joined
from condenset.artifact.provenance import made_here
from condenset.core.asset import Asset
from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.core.process import peak_memory
from condenset.core.registries import METHODS
from condenset.recipe import budgeted
from condenset.run.config import Config
from condenset.run.distill import Conditions, Distilled, prepare
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task

_APART = "decoupled"  # the family whose classes do not need each other


@runtime_checkable
class Each(Protocol):
    """Runs a configuration into a folder, or goes on with what that folder holds. Workers import it."""

    def __call__(self, config: Config, out: Path, *, task: Task, conditions: Conditions) -> Distilled:
        """See `distill.run`."""


def in_shards(
    config: Config, shards: int, out: Path, task: Task, each: Each, conditions: Conditions | None = None
) -> Distilled:
    """The set, saved in `out`, whose folder `shards` holds its parts; those that are there already are not made again.

    What they are made from is trained first, once. Args: shards, into which the classes are cut; task, the open data;
    each, makes one; conditions, those of each, whose executor says how many are at work at a time.

    Raises `RequestError` for a method whose classes need each other, for more shards than classes, and for a folder
    with shards of another set.
    """
    began, cpu, conditions = time.perf_counter(), time.process_time(), conditions or Conditions()
    folders = [out / "shards" / f"{number:04d}" for number in range(shards)]
    parts = dict(zip(folders, _configs(config, shards, task), strict=True))
    todo = {folder: part for folder, part in parts.items() if not RunFolder(folder).finished}
    for folder in parts.keys() - todo.keys():
        _refuse_other(parts[folder], folder)
    for part in todo.values():
        recipe = budgeted(part.method, task, part.size, part.changes)[1]
        prepare(recipe, task.to(conditions.device), conditions.executor)
    jobs = [(each, part, folder, conditions) for folder, part in todo.items()]
    steps = sum(conditions.executor.map(_made, task, jobs))
    synthetic, assets = _together(folders)
    synthetic.provenance = made_here(task, {**config.record(), "shards": shards}, assets)
    synthetic.save(out)
    used = time.perf_counter() - began, time.process_time() - cpu
    return Distilled(synthetic, task, config, out, steps, *used, peak_memory())


def _made(task: Task, job: tuple[Each, Config, Path, Conditions]) -> int:
    """Steps that a shard took."""
    each, config, folder, conditions = job
    return each(config, folder, task=task, conditions=conditions).steps


def _together(folders: Sequence[Path]) -> tuple[SyntheticSet, list[Asset]]:
    """The set of all items, and all that its shards were made with."""
    parts = [read(folder) for folder in folders]
    assets = {asset.sha256: asset for part in parts for asset in part.card.assets}
    return joined(parts), list(assets.values())


def _configs(config: Config, shards: int, task: Task) -> list[Config]:
    """A run for every shard: the items of a stretch of classes."""
    family = METHODS.declared(config.method)["family"]
    if family != _APART:
        raise RequestError(
            f"{config.method!r} makes all classes together: shards are for methods of the family {_APART!r}, and it is "
            f"one of {family!r}"
        )
    counts, _ = budgeted(config.method, task, config.size, config.changes)
    if not 1 < shards <= len(counts):
        raise RequestError(f"{len(counts)} classes cannot be cut into {shards} shards: give 2 to {len(counts)}")
    of = torch.arange(len(counts)) * shards // len(counts)
    sizes = (tuple((counts * (of == number)).tolist()) for number in range(shards))
    return [replace(config, size=Size(per_group=size)) for size in sizes]


def _refuse_other(config: Config, folder: Path) -> None:
    made, asked = read_card(folder).recipe, json.loads(json.dumps(config.record()))
    apart = [name for name, value in asked.items() if made.get(name) != value]
    if apart:
        raise RequestError(
            f"{folder} holds a shard of another set, with other {', '.join(apart)}: choose another folder"
        )
