"""A step of DM against the plain one: a new network and all its real examples at every step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import torch

from condenset.bench.images import grey_images
from condenset.bench.measurement import BenchRow, Measurement, as_released, in_turns
from condenset.bench.plain import distribution_matching_step
from condenset.core.rng import Rng
from condenset.distillation import distillation, start_state
from condenset.recipe import recipe_for
from condenset.sources.pool import Pool
from condenset.tasks.task import Task

_PLAIN_PER_GROUP = 256  # the paper's real examples of a class in a step
_TARGETS = {1: 50.0, 10: 12.0}


def _steps(task: Task, per_class: int, pool: Pool) -> Any:
    counts = torch.full((10,), per_class)
    recipe = replace(recipe_for("dm", task, counts, {}), source=pool)
    return distillation(start_state(task, recipe, counts, seed=0), seed=0)


def measure() -> Iterator[BenchRow]:
    """The cost of a network's real side is spread over the steps that use it, as in the default recipe."""
    task = grey_images()
    for per_class, target in _TARGETS.items():
        recipe = recipe_for("dm", task, torch.full((10,), per_class), {})
        assert isinstance(recipe.source, Pool), "DM draws from a pool"
        new, old = _steps(task, per_class, Pool(1, 1)), _steps(task, per_class, Pool(2, 10**6))
        images, groups = torch.zeros(10 * per_class, 1, 28, 28), torch.arange(10).repeat_interleave(per_class)
        plain = partial(distribution_matching_step, task, images, groups, _PLAIN_PER_GROUP, Rng(0))
        for _ in range(8):  # both networks of the small pool are cached after a few steps
            next(old)
        seconds = in_turns(
            {"new": partial(next, new), "old": partial(next, old), "plain": partial(as_released, plain)}, repeats=5
        )
        networks = recipe.source.size + recipe.steps / recipe.source.renew_every
        ours = seconds["old"] + (seconds["new"] - seconds["old"]) * networks / recipe.steps
        against = f"the plain step, {seconds['plain']:.2f} s"
        name = f"DM step, {per_class} per class"
        yield BenchRow(name, ours, "s", seconds["plain"] / ours, against, ("at least", target))


MEASUREMENT = Measurement("quick", measure)
