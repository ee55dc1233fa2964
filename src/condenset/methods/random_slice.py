"""A random real slice of a series, stored as distilled series are: the baseline that those must beat."""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.codecs.series import series_codec
from condenset.recipe import Method, Recipe
from condenset.starts.slice import slice
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A start and nothing else; fewer points than a window needs are the lowest frequencies of a longer slice."""
    return Recipe(
        start=slice,
        codec=series_codec(task, int(counts.sum())),
        labels="decoded",
        contract=Contract(exam=task.modality.exam),
    )


METHOD = Method(
    family="coreset",
    title="Random slice of a series",
    venue="baseline",
    year=2024,
    needs=("sequence", "forecast"),
    recipe=recipe,
)
