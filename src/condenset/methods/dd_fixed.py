"""DD with a known initialisation: a set for one network, which it teaches in a few steps; no other learns from it.

Differences from the paper: those of DD.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.methods import dd
from condenset.recipe import Paper, Recipe, Reported
from condenset.sources.known import Known
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """DD from the task's known network."""
    base = dd.recipe(task, counts)
    return replace(base, source=Known(), contract=replace(base.contract, initial="known"))


PAPER = Paper(
    name="dd-fixed",
    family="bilevel",
    title="Dataset Distillation",
    venue="arXiv",
    year=2018,
    arxiv="1811.10959",
    tasks=("image", "tabular"),
    recipe=recipe,
    reported=(
        Reported(
            dataset="mnist",
            budget="1 per class",
            network="lenet",
            exam="dd2018",
            mean=0.94,
            std=None,
            where="fixed initialisation",
            peeked=False,
        ),
        Reported(
            dataset="cifar10",
            budget="10 per class",
            network="alexnet",
            exam="dd2018",
            mean=0.54,
            std=None,
            where="fixed initialisation",
            peeked=False,
        ),
    ),
)
