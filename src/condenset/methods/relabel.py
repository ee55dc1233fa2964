"""Relabelled medoids: typical real examples with the soft labels of learners that were trained on all the data.

Differences from the paper, which takes random images: the examples are the medoids of k-means, and where the data are
no images the teachers are learners that suit them. What is stored is real: data that may not be shared stay unshared.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.finishes.relabel import Relabel
from condenset.recipe import Method, Recipe
from condenset.starts.medoids import medoids
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A start and a finish; no steps."""
    return Recipe(start=medoids, labels="soft", finish=(Relabel(),), contract=Contract(exam=task.modality.exam))


METHOD = Method(
    family="decoupled",
    title="A Label is Worth a Thousand Images in Dataset Distillation",
    venue="NeurIPS",
    year=2024,
    arxiv="2406.10485",
    needs=("independent", "teachers"),
    recipe=recipe,
)
