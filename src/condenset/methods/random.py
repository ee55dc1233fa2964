"""Random real examples: the baseline that every method must beat at the same bytes."""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.recipe import Paper, Recipe
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A start and nothing else, graded by the modality's default exam."""
    return Recipe(start=random, contract=Contract(exam=task.modality.exam))


PAPER = Paper(
    name="random",
    family="coreset",
    title="Random selection, stratified by class",
    venue="baseline",
    year=2018,
    arxiv=None,
    tasks=("image", "tabular", "graph"),
    recipe=recipe,
)
