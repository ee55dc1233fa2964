"""RCIG: the network's tangents are trained on the set, a convex problem, and the loss is differentiated implicitly.

Differences from the paper: both linear systems are solved exactly instead of by Adam at tuned rates, the temperature of
the loss is solved for instead of learnt, Adam with a falling rate instead of AdaBelief and an average of the sets, no
margin between label entries, narrower networks, a quarter of the real examples and far fewer steps.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.objectives.implicit_gradient import ImplicitGradient
from condenset.objectives.risk import Risk
from condenset.recipe import Method, Optimiser, Recipe
from condenset.sources.online_pool import OnlinePool
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Thirty networks, trained slowly on the set; colour images are joined by their mirror images."""
    mirrored = {"mirror", "colour"} <= task.offers
    return Recipe(
        start=random,
        labels="soft",
        objective=Risk(ImplicitGradient(mirrored=mirrored), examples=256),
        source=OnlinePool(size=30, most_steps=15, rate=5e-5),
        network="frepo-convnet:width=16,activation=softplus",
        optimisers={
            "data": Optimiser("adam", rate=0.01 * task.train.scale(), final=0.1),
            "labels": Optimiser("adam", rate=0.003, final=0.1),
        },
        steps=1200,
        contract=Contract(exam="frepo2022"),
    )


METHOD = Method(
    family="kernel",
    title="Dataset Distillation with Convexified Implicit Gradients",
    venue="ICML",
    year=2023,
    arxiv="2302.06755",
    needs=("grid",),
    recipe=recipe,
    whitened={"cifar10": "relative"},
    reported=(
        Reported("mnist", "1 per class", "frepo-convnet", "frepo2022", 0.947, 0.005, "quoted"),
        Reported("mnist", "10 per class", "frepo-convnet", "frepo2022", 0.989, 0.0, "quoted"),
        Reported("fashion-mnist", "1 per class", "frepo-convnet", "frepo2022", 0.798, 0.011, "quoted"),
        Reported("fashion-mnist", "10 per class", "frepo-convnet", "frepo2022", 0.885, 0.002, "quoted"),
        Reported("cifar10", "10 per class", "frepo-convnet", "frepo2022", 0.691, 0.004, "quoted"),
    ),
)
