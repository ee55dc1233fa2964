"""Coreset search: typical examples of what cross-fitted teachers take for each class, the best of six such sets.

Condenset's own recipe, of no paper; the teachers' labels are those of Northcutt, Jiang & Chuang (JAIR 2021).
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.recipe import Method, Recipe
from condenset.starts.searched import Searched
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A start with soft labels; no steps."""
    return Recipe(start=Searched(), labels="soft", contract=Contract(exam=task.modality.exam))


METHOD = Method(
    family="coreset",
    title="Search over coresets of cross-fitted labels",
    venue="condenset",
    year=2026,
    needs=("features", "independent", "teachers"),
    recipe=recipe,
)
