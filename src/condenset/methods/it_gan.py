"""IT-GAN: DM with images that a GAN of the training images draws, found among what it can draw and learnt there.

Differences from the paper: those of DM; the GAN is small and knows no classes, only the items of the set are looked for
in it (the paper: all training images), and nothing keeps them near to the images that they began as. No number
is given here: none was measured.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.methods import dm
from condenset.recipe import Method, Recipe
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """DM's recipe with points of a GAN's latent space in place of pixels."""
    return replace(dm.recipe(task, counts), codec="latent:prior=gan,fit=300")


METHOD = Method(
    family="distribution",
    title="Synthesizing Informative Training Samples with GAN",
    venue="NeurIPS Workshop",
    year=2022,
    arxiv="2204.07513",
    needs=("grid", "differentiable", "independent"),
    recipe=recipe,
)
