"""GraNd (Paul et al., NeurIPS 2021): real examples of a class by the length of the loss's gradient early in training.

The gradient is that of the last layer; the choice and the differences from the paper are those of EL2N.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.recipe import Paper, Recipe
from condenset.starts.grand import START
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A start and nothing else, graded by the modality's default exam."""
    return Recipe(start=START, contract=Contract(exam=task.modality.exam))


PAPER = Paper(
    name="grand",
    family="coreset",
    title="Deep Learning on a Data Diet: Finding Important Examples Early in Training",
    venue="NeurIPS",
    year=2021,
    arxiv="2107.07075",
    tasks=("image", "tabular"),
    recipe=recipe,
)
