"""H-GLaD: GLaD with what is learnt going down the layers of the prior, from its latent space to its last maps.

Differences from the paper: those of GLaD; every layer has an equal share of the steps and what the last one ends with
is kept (the paper goes back to the best point of a layer, by a distance of features that matter to a class). No number
is given here: none was measured.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.methods import glad
from condenset.recipe import Method, Recipe
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """GLaD from the latent space on."""
    return replace(glad.recipe(task, counts), codec="latent:layer=2,first=0")


METHOD = Method(
    family="gradient",
    title="Hierarchical Features Matter: A Deep Exploration of Progressive Parameterization Method for Dataset "
    "Distillation",
    venue="CVPR",
    year=2025,
    arxiv="2406.05704",
    needs=("grid", "differentiable", "independent"),
    recipe=recipe,
)
