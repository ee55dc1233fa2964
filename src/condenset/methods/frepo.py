"""FRePo: ridge regression on the features of networks that are trained on the set predicts the real labels.

Differences from the paper: Adam at rates for a short run instead of LAMB at 3e-4 for 500 000 steps, half as many real
examples a step, and networks of a quarter of the width, which learn at 1e-3 instead of 3e-4.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.objectives.feature_ridge import FeatureRidge
from condenset.objectives.risk import Risk
from condenset.recipe import Method, Optimiser, Recipe
from condenset.sources.online_pool import OnlinePool
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task

_MIRRORED_UP_TO = 500  # items in all


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A pool of ten networks, one per step; a small set of colour images is joined by its mirror images."""
    mirrored = {"mirror", "colour"} <= task.offers and int(counts.sum()) <= _MIRRORED_UP_TO
    return Recipe(
        start=random,
        labels="soft",
        objective=Risk(FeatureRidge(mirrored=mirrored), examples=512, margin=True),
        source=OnlinePool(rate=1e-3),
        network="frepo-convnet:width=32",
        optimisers={
            "data": Optimiser("adam", rate=0.01 * task.train.scale(), final=0.1),
            "labels": Optimiser("adam", rate=0.003, final=0.1),
        },
        steps=8000,
        contract=Contract(exam="frepo2022"),
    )


METHOD = Method(
    family="kernel",
    title="Dataset Distillation using Neural Feature Regression",
    venue="NeurIPS",
    year=2022,
    arxiv="2206.00719",
    needs=("grid",),
    recipe=recipe,
    published_steps=500_000,
    whitened={"cifar10": "relative"},
    reported=(
        Reported("mnist", "1 per class", "frepo-convnet", "frepo2022", 0.938, 0.006, "quoted", peeked=True),
        Reported("mnist", "10 per class", "frepo-convnet", "frepo2022", 0.984, 0.001, "quoted", peeked=True),
        Reported("fashion-mnist", "1 per class", "frepo-convnet", "frepo2022", 0.756, 0.005, "quoted", peeked=True),
        Reported("fashion-mnist", "10 per class", "frepo-convnet", "frepo2022", 0.862, 0.003, "quoted", peeked=True),
        Reported("fashion-mnist", "50 per class", "frepo-convnet", "frepo2022", 0.896, 0.001, "quoted", peeked=True),
        Reported("cifar10", "1 per class", "frepo-convnet", "frepo2022", 0.468, 0.007, "quoted", peeked=True),
        Reported("cifar10", "10 per class", "frepo-convnet", "frepo2022", 0.655, 0.004, "quoted", peeked=True),
        Reported("cifar10", "50 per class", "frepo-convnet", "frepo2022", 0.717, 0.002, "quoted", peeked=True),
    ),
)
