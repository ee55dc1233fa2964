"""K-center greedy (Sener & Savarese, ICLR 2018): real examples that cover their class."""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.recipe import Paper, Recipe, Reported
from condenset.starts.k_center import k_center
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A start and nothing else, graded by the modality's default exam."""
    return Recipe(start=k_center, contract=Contract(exam=task.modality.exam))


PAPER = Paper(
    name="k-center",
    family="coreset",
    title="Active Learning for Convolutional Neural Networks: A Core-Set Approach",
    venue="ICLR",
    year=2018,
    arxiv="1708.00489",
    tasks=("image", "tabular", "graph"),
    recipe=recipe,
    reported=(
        Reported(
            dataset="fashion-mnist",
            budget="1 per class",
            network="convnet",
            exam="dc2021",
            mean=0.669,
            std=0.018,
            where="Table 1 of DC",
            peeked=False,
        ),
        Reported(
            dataset="fashion-mnist",
            budget="10 per class",
            network="convnet",
            exam="dc2021",
            mean=0.547,
            std=0.015,
            where="Table 1 of DC",
            peeked=False,
        ),
    ),
)
