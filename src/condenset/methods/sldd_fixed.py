"""SLDD with a known initialisation: a set with soft labels for one network; no other learns from it.

Differences from the paper: those of DD.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.methods import sldd
from condenset.recipe import Paper, Recipe, Reported
from condenset.sources.known import Known
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """SLDD from the task's known network."""
    base = sldd.recipe(task, counts)
    return replace(base, source=Known(), contract=replace(base.contract, initial="known"))


PAPER = Paper(
    name="sldd-fixed",
    family="bilevel",
    title="Soft-Label Dataset Distillation and Text Dataset Distillation",
    venue="IJCNN",
    year=2021,
    arxiv="1910.02551",
    tasks=("image", "tabular"),
    recipe=recipe,
    reported=(
        Reported(
            dataset="mnist",
            budget="1 per class",
            network="lenet",
            exam="dd2018",
            mean=0.96,
            std=None,
            where="fixed initialisation",
            peeked=False,
        ),
        Reported(
            dataset="cifar10",
            budget="10 per class",
            network="alexnet",
            exam="dd2018",
            mean=0.60,
            std=None,
            where="fixed initialisation",
            peeked=False,
        ),
    ),
)
