"""LS: random real examples whose labels are solved for in closed form; nothing else is learnt.

The kernel is the task's own: a neural tangent kernel for images and tables, a structure-based one for graphs.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.finishes.solve_labels import SolveLabels
from condenset.methods import kip
from condenset.recipe import Recipe
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A start and a finish; no steps."""
    return Recipe(start=random, labels="soft", finish=(SolveLabels(),), contract=Contract(exam="kip2021"))


METHOD = replace(
    kip.METHOD,
    recipe=recipe,
    reported=(
        Reported("cifar10", "1 per class", "kernel", "kip2021", 0.261, None, "conv kernel, 2107.13034, Table 1"),
        Reported("cifar10", "10 per class", "kernel", "kip2021", 0.536, None, "conv kernel, 2107.13034, Table 1"),
    ),
)
