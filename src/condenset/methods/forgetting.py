"""Forgetting events (Toneva et al., ICLR 2019): the real examples of a class that networks unlearn most often.

Differences from the paper: events are counted once an epoch, over 3 networks of 10 epochs on 1000 examples.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.recipe import Paper, Recipe, Reported
from condenset.starts.forgetting import START
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A start and nothing else, graded by the modality's default exam."""
    return Recipe(start=START, contract=Contract(exam=task.modality.exam))


PAPER = Paper(
    name="forgetting",
    family="coreset",
    title="An Empirical Study of Example Forgetting during Deep Neural Network Learning",
    venue="ICLR",
    year=2019,
    arxiv="1812.05159",
    tasks=("image", "tabular"),
    recipe=recipe,
    reported=(
        Reported(
            dataset="fashion-mnist",
            budget="1 per class",
            network="convnet",
            exam="dc2021",
            mean=0.42,
            std=0.055,
            where="quoted in 2006.05929, Table 1",
            peeked=False,
        ),
        Reported(
            dataset="fashion-mnist",
            budget="10 per class",
            network="convnet",
            exam="dc2021",
            mean=0.539,
            std=0.02,
            where="quoted in 2006.05929, Table 1",
            peeked=False,
        ),
        Reported(
            dataset="cifar10",
            budget="1 per class",
            network="convnet",
            exam="dc2021",
            mean=0.135,
            std=0.012,
            where="quoted in 2006.05929, Table 1",
            peeked=False,
        ),
    ),
)
