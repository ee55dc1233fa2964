"""K-means prototypes (Lloyd 1982): the cluster centres of every class."""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.recipe import Paper, Recipe
from condenset.starts.k_means import k_means
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A start and nothing else, graded by the modality's default exam."""
    return Recipe(start=k_means, contract=Contract(exam=task.modality.exam))


PAPER = Paper(
    name="k-means",
    family="coreset",
    title="Least squares quantization in PCM",
    venue="IEEE Transactions on Information Theory",
    year=1982,
    arxiv=None,
    tasks=("image", "tabular", "graph"),
    recipe=recipe,
)
