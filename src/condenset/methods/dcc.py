"""DCC: match the gradient of all classes together, so that the set learns what tells them apart.

Differences from the paper: the variant with augmentation (DSAC) alone, without the warm-up that matches class by class,
and the shortened loops of `dsa`. No number is given here: none could be checked.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.kernels.distance import layerwise_cosine
from condenset.objectives.signal_matching import SignalMatching
from condenset.recipe import Method, Optimiser, Recipe
from condenset.signals.mean_gradient import MeanGradient
from condenset.sources.online import Online
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """One gradient per step instead of one per class, on both sides."""
    return Recipe(
        start=random,
        objective=SignalMatching(MeanGradient(), layerwise_cosine, per_group=64),
        source=Online.short(int(counts.max())),
        optimisers={"data": Optimiser("sgd", rate=2.0, momentum=0.5)},
        steps=400,
        contract=Contract(exam="dsa2021"),
    )


METHOD = Method(
    family="gradient",
    title="Dataset Condensation with Contrastive Signals",
    venue="ICML",
    year=2022,
    arxiv="2202.02916",
    needs=("differentiable", "independent"),
    recipe=recipe,
)
