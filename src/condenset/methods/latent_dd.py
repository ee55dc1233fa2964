"""Latent DD: DM with images that a frozen prior draws of a few learnt numbers.

Differences from the paper: those of DM; the prior is a small autoencoder that is trained on the data, where the paper
takes a pretrained one, and what is learnt is what images are drawn of, with gradients through the decoder (the paper
matches features of the latents). With `dc`, `mtt` and all methods that learn images, --set codec=latent does the same.

No number is given here: the run was not measured. Random images of scikit-learn's digits, ten per class, kept as 32
numbers each, taught a ConvNet 92.9 % (one set, two networks), and as they are 94.4 in twice the bytes.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.methods import dm
from condenset.recipe import Method, Recipe
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """DM's recipe with points of an autoencoder's latent space in place of pixels."""
    return replace(dm.recipe(task, counts), codec="latent")


METHOD = Method(
    family="distribution",
    title="Dataset Distillation in Latent Space",
    venue="arXiv",
    year=2023,
    arxiv="2311.15547",
    needs=("grid", "differentiable", "independent"),
    recipe=recipe,
)
