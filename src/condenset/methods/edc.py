"""EDC: G-VBSM from real images, whose statistics are matched class by class, too, through weak crops.

Differences from the paper: as of G-VBSM here; neither the images' nor the learner's numbers are averaged over steps.
In `rded2024` a teacher labels what is read, where the paper fits the teachers' mean logits. No number is given here:
the paper's exam is another.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.methods import g_vbsm, sre2l
from condenset.objectives.recovery import Recovery
from condenset.objectives.zoom import Zoom
from condenset.recipe import Method, Recipe
from condenset.starts.random import random
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """That of CIFAR-100, 2000 steps."""
    objective = Recovery(by_group=0.5, of_set=sre2l.TOGETHER, zoom=Zoom(until=0.0))
    return replace(g_vbsm.recipe(task, counts), start=random, objective=objective, steps=2000)


METHOD = Method(
    family="decoupled",
    title="Elucidating the Design Space of Dataset Condensation",
    venue="NeurIPS",
    year=2024,
    arxiv="2404.13733",
    needs=("grid", "classes"),
    recipe=recipe,
    published_steps=2000,
)
