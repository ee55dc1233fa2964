"""GLaD: DC with images that a frozen prior draws of learnt maps, deeper in than its latent space.

Differences from the paper: those of DC; the prior is a small autoencoder that is trained on the data (the paper: a
StyleGAN-XL of ImageNet), the maps before its second stage are learnt, and nothing else. They are more numbers than an
image has pixels: the paper counts images, the budget in bytes counts them all. No number is given
here: none was measured.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.methods import dc
from condenset.recipe import Method, Recipe
from condenset.starts.random import random
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """DC with another representation, begun at real images."""
    return replace(dc.recipe(task, counts), start=random, codec="latent:layer=1")


METHOD = Method(
    family="gradient",
    title="Generalizing Dataset Distillation via Deep Generative Prior",
    venue="CVPR",
    year=2023,
    arxiv="2305.01649",
    needs=("grid", "differentiable", "independent"),
    recipe=recipe,
)
