"""IDM: match class means of the last feature maps in networks of many ages, and keep the set well classified.

Differences from the paper: 5 networks of a quarter of the width (the paper: up to 100), one of them trained every ten
steps instead of two at every step, one update of all classes, at most 16 decoded images per class in a step, and 2000
steps (the paper: 20 000).
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.kernels.distance import squared_error
from condenset.objectives.calibration import Calibration
from condenset.objectives.signal_matching import SignalMatching
from condenset.recipe import Method, Optimiser, Recipe
from condenset.signals.mean_layers import MeanLayers
from condenset.sources.queue import Queue
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """The set's own loss weighs half the network's accuracy in percent."""
    signal = MeanLayers(early=0.0, last=1.0, embedding=0.0)
    further = (Calibration(weight=50.0, judged_on=500, of_set=16),)
    return Recipe(
        start=random,
        codec="multi-formation",
        objective=SignalMatching(signal, squared_error, per_group=128, of_set=16, also=further),
        source=Queue(size=5, renew_every=60),
        network=task.narrow(),
        optimisers={"data": Optimiser("sgd", rate=0.2, momentum=0.5)},
        steps=2000,
        contract=Contract(exam="dsa2021"),
    )


METHOD = Method(
    family="distribution",
    title="Improved Distribution Matching for Dataset Condensation",
    venue="CVPR",
    year=2023,
    arxiv="2307.09742",
    needs=("grid",),
    recipe=recipe,
    reported=(
        Reported("cifar10", "1 per class", "convnet", "dsa2021", 0.456, 0.007, "quoted", peeked=True),
        Reported("cifar10", "10 per class", "convnet", "dsa2021", 0.586, 0.001, "quoted", peeked=True),
    ),
    published_steps=20_000,
)
