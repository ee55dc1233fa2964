"""Sets too large to be learnt at once: shards of a few classes each, every one a run of its own, joined in the end.

Items of a class need no other class where it is a trained network that they are made from. So memory is that of a shard
until all are there, a kill loses what was learnt since the last checkpoint of one of them, and machines that share a
folder may each take some.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from condenset.artifact import read
from condenset.artifact.card import read_card
from condenset.artifact.folder import RunFolder
from condenset.artifact.joining import joined
from condenset.artifact.provenance import made_here
from condenset.core.asset import Asset
from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.core.memory import peak_memory
from condenset.recipe import METHODS, budgeted
from condenset.run.config import Config
from condenset.run.distill import Distilled
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task

_APART = "decoupled"  # the family whose classes do not need each other


def in_shards(
    config: Config, shards: int, out: Path, task: Task, each: Callable[[Config, Path], Distilled]
) -> Distilled:
    """The set, saved in `out`, whose folder `shards` holds its parts; those that are there already are not made again.

    Args: shards, into which the classes are cut; task, the open data; each, runs a configuration into a folder, or goes
    on with what that folder holds.

    Raises `RequestError` for a method whose classes need each other, for more shards than classes, and for a folder
    with shards of another set.
    """
    began, cpu, steps = time.perf_counter(), time.process_time(), 0
    configs = _configs(config, shards, task)
    folders = [out / "shards" / f"{number:04d}" for number in range(shards)]
    for part, folder in zip(configs, folders, strict=True):
        if RunFolder(folder).finished:
            _refuse_other(part, folder)
        else:
            steps += each(part, folder).steps
    synthetic, assets = _together(folders)
    synthetic.provenance = made_here(task, {**config.record(), "shards": shards}, assets)
    synthetic.save(out)
    used = time.perf_counter() - began, time.process_time() - cpu
    return Distilled(synthetic, task, config, out, steps, *used, peak_memory())


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
