"""DSA: as DC, with an augmentation that real and synthetic examples of a step share.

Differences from the paper: all classes of a step share one augmentation; a network, of a quarter of the width, is met
for ten steps in a row, so that its real side is measured once, and there are 3000 steps with larger rates, which fall
(the paper: 1000 networks, as many steps each as images per class).
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.kernels.distance import layerwise_cosine
from condenset.objectives.signal_matching import SignalMatching
from condenset.recipe import Method, Optimiser, Recipe
from condenset.signals.class_gradient import ClassGradient
from condenset.sources.online import Online
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """At one per class a network is never trained, as in the released table of loops."""
    return Recipe(
        start=random,
        objective=SignalMatching(ClassGradient(dimensions=2), layerwise_cosine, per_group=64),
        source=Online.short(int(counts.max())),
        network=task.narrow(),
        optimisers={"data": Optimiser("sgd", rate=1.0, momentum=0.5, final=0.1)},
        steps=3000,
        contract=Contract(exam="dsa2021"),
    )


METHOD = Method(
    family="gradient",
    title="Dataset Condensation with Differentiable Siamese Augmentation",
    venue="ICML",
    year=2021,
    arxiv="2102.08259",
    needs=("grid",),
    recipe=recipe,
    reported=(
        Reported("mnist", "1 per class", "convnet", "dsa2021", 0.887, 0.006, "Table 1"),
        Reported("mnist", "10 per class", "convnet", "dsa2021", 0.978, 0.001, "Table 1"),
        Reported("fashion-mnist", "1 per class", "convnet", "dsa2021", 0.706, 0.006, "Table 1"),
        Reported("fashion-mnist", "10 per class", "convnet", "dsa2021", 0.846, 0.003, "Table 1"),
        Reported("cifar10", "1 per class", "convnet", "dsa2021", 0.288, 0.007, "Table 1"),
        Reported("cifar10", "10 per class", "convnet", "dsa2021", 0.521, 0.005, "Table 1"),
    ),
)
