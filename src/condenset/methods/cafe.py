"""CAFE: match class-mean activations of all layers, while real examples are told apart by the synthetic centres.

Differences from the paper: loops of fixed length instead of ones that stop by the accuracy on real data, and 4500 steps
at a falling rate in networks of a quarter of the width, with a shared augmentation from real examples (the paper: 2000
networks; its main table begins with noise and does not augment).
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.kernels.distance import squared_error
from condenset.objectives.centre_classification import CentreClassification
from condenset.objectives.signal_matching import SignalMatching
from condenset.recipe import Method, Optimiser, Recipe
from condenset.signals.mean_layers import MeanLayers
from condenset.sources.online import Online
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Layers and their weights as released."""
    further = (CentreClassification(weight=0.01),)
    return Recipe(
        start=random,
        objective=SignalMatching(MeanLayers(), squared_error, per_group=128, also=further),
        source=Online.short(int(counts.max())),
        network=task.narrow(),
        optimisers={"data": Optimiser("sgd", rate=0.3, momentum=0.5, final=0.1)},
        steps=4500,
        contract=Contract(exam="dc2021"),
    )


METHOD = Method(
    family="distribution",
    title="CAFE: Learning to Condense Dataset by Aligning Features",
    venue="CVPR",
    year=2022,
    arxiv="2203.01531",
    needs=("differentiable", "independent"),
    recipe=recipe,
    reported=(
        Reported("fashion-mnist", "1 per class", "convnet", "dc2021", 0.771, 0.009, "quoted"),
        Reported("fashion-mnist", "10 per class", "convnet", "dc2021", 0.83, 0.004, "quoted"),
        Reported("cifar10", "1 per class", "convnet", "dc2021", 0.303, 0.011, "Table 1 of PAD, 600 epochs"),
        Reported("cifar10", "10 per class", "convnet", "dc2021", 0.463, 0.006, "Table 1 of PAD, 600 epochs"),
        Reported("mnist", "1 per class", "convnet", "dc2021-mnist", 0.931, 0.003, "quoted"),
        Reported("mnist", "10 per class", "convnet", "dc2021-mnist", 0.972, 0.002, "quoted"),
    ),
)
