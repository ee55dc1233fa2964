"""FRePo: ridge regression on the features of networks that are trained on the set predicts the real labels.

Differences from the paper: Adam at rates for a short run instead of LAMB at 3e-4 for 500 000 steps, narrower networks.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.objectives.feature_ridge import FeatureRidge
from condenset.objectives.risk import Risk
from condenset.recipe import Optimiser, Paper, Recipe
from condenset.sources.online_pool import OnlinePool
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A pool of ten networks, one per step."""
    return Recipe(
        start=random,
        labels="soft",
        objective=Risk(FeatureRidge(), examples=512, margin=True),
        source=OnlinePool(),
        network="frepo-convnet:width=32",
        optimisers={
            "data": Optimiser("adam", rate=0.01 * task.train.scale(), final=0.1),
            "labels": Optimiser("adam", rate=0.003, final=0.1),
        },
        steps=2000,
        contract=Contract(exam="frepo2022"),
    )


PAPER = Paper(
    name="frepo",
    family="kernel",
    title="Dataset Distillation using Neural Feature Regression",
    venue="NeurIPS",
    year=2022,
    arxiv="2206.00719",
    tasks=("image",),
    recipe=recipe,
    reported=(
    ),
)
