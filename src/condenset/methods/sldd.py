"""SLDD: dataset distillation with soft labels, which are learnt with the inputs and are any real numbers.

Differences from the paper: those of DD.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.methods import dd
from condenset.recipe import Method, Optimiser, Recipe
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """DD with one more thing to learn."""
    base, labels = dd.recipe(task, counts), Optimiser("adam", rate=0.01, final=0.1)
    return replace(base, labels="soft", optimisers={**base.optimisers, "labels": labels})


METHOD = Method(
    family="bilevel",
    title="Soft-Label Dataset Distillation and Text Dataset Distillation",
    venue="IJCNN",
    year=2021,
    arxiv="1910.02551",
    needs=("differentiable", "independent"),
    recipe=recipe,
)
