"""LD3M: DM with images that a frozen diffusion model makes of learnt points and of what it is told of their classes.

Differences from the paper: those of DM; the diffusion model is small and is trained on the data, in the latent space of
an autoencoder of theirs (the paper: a latent diffusion model of ImageNet); a point has no noise at first, so that a set
always decodes to the same images, and what is told begins at no class. No number is given here: none was measured.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.methods import dm
from condenset.recipe import Method, Recipe
from condenset.starts.random import random
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """DM with another representation, begun at real images."""
    return replace(dm.recipe(task, counts), start=random, codec="denoised")


METHOD = Method(
    family="distribution",
    title="Latent Dataset Distillation with Diffusion Models",
    venue="NeurIPS",
    year=2025,
    arxiv="2403.03881",
    needs=("grid", "differentiable", "independent"),
    recipe=recipe,
)
