"""DELT: CDA from real images that are neither easy nor hard; some of every class are optimised for long, others late.

Differences from the paper: as of CDA here; every part of the images joins at an equal share of the steps and all that
have joined go on together. No number is given here: none could be checked.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.methods import cda, sre2l
from condenset.recipe import Boosting, Method, Recipe
from condenset.starts.typical import Typical
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Rounds of 500 of the paper's 4000 steps, or as many as a class has images."""
    rounds = min(8, int(counts.max()))
    start = Typical(sre2l.TRAINED, sre2l.NETWORK)
    return replace(cda.recipe(task, counts), start=start, boosting=Boosting(rounds, slowed=1.0), steps=4000)


METHOD = Method(
    family="decoupled",
    title="DELT: A Simple Diversity-driven EarlyLate Training for Dataset Distillation",
    venue="CVPR",
    year=2025,
    arxiv="2411.19946",
    needs=("grid", "classes"),
    recipe=recipe,
    published_steps=4000,
)
