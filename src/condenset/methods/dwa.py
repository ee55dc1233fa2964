"""DWA: as SRe2L, from a network that is moved another way for every image of a class, so that these differ.

Differences from the paper: as of SRe2L here; a network is moved up the loss of real images, of which the paper's
batches begin, and the images of a class take turns step by step instead of one batch after the other. No number is
given here: none could be checked.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.methods import sre2l
from condenset.objectives.inversion import Inversion
from condenset.recipe import Method, Recipe
from condenset.sources.perturbed import Perturbed
from condenset.starts.random import random
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """That of CIFAR: variances count 11 times; a thousand steps for every image of a class."""
    images = int(counts.max())
    return replace(
        sre2l.recipe(task, counts),
        start=random,
        objective=Inversion(variance=11.0),
        source=Perturbed(sre2l.TRAINED, stages=images),
        steps=1000 * images,
    )


METHOD = Method(
    family="decoupled",
    title="Diversity-Driven Synthesis: Enhancing Dataset Distillation through Directed Weight Adjustment",
    venue="NeurIPS",
    year=2024,
    arxiv="2409.17612",
    needs=("grid", "classes"),
    recipe=recipe,
    published_steps=1000,
)
