"""JPEG: random real images, compressed: the honest rival of images that were made to fit into bytes."""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.recipe import Method, Recipe
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A start and nothing else; --set codec=jpeg:bits=1 makes room for more images, each worse."""
    return Recipe(start=random, codec="jpeg:bits=1.5", contract=Contract(exam=task.modality.exam))


METHOD = Method(
    family="coreset",
    title="Random selection, stratified by class, stored as JPEG files",
    venue="baseline",
    year=1992,
    needs=("grid",),
    recipe=recipe,
)
