"""Herding (Welling, ICML 2009): real examples whose running mean follows the mean of their class."""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.recipe import Paper, Recipe, Reported
from condenset.starts.herding import herding
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A start and nothing else, graded by the modality's default exam."""
    return Recipe(start=herding, contract=Contract(exam=task.modality.exam))


PAPER = Paper(
    name="herding",
    family="coreset",
    title="Herding Dynamical Weights to Learn",
    venue="ICML",
    year=2009,
    arxiv=None,
    tasks=("image", "tabular", "graph"),
    recipe=recipe,
    reported=(
        Reported(
            dataset="fashion-mnist",
            budget="1 per class",
            network="convnet",
            exam="dc2021",
            mean=0.67,
            std=0.019,
            where="Table 1 of DC",
            peeked=False,
        ),
        Reported(
            dataset="fashion-mnist",
            budget="10 per class",
            network="convnet",
            exam="dc2021",
            mean=0.711,
            std=0.007,
            where="Table 1 of DC",
            peeked=False,
        ),
    ),
)
