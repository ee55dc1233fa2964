"""DataDAM: match class-mean attention maps of the layers under random networks.

Differences from the paper: networks come from a rolling pool with cached real sides, all classes of a step share one
augmentation, 1500 steps (the paper: 8000), and maps take the first power, as in the released code.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.kernels.distance import squared_error
from condenset.objectives.signal_matching import SignalMatching
from condenset.recipe import Method, Optimiser, Recipe
from condenset.signals.attention import Attention
from condenset.sources.pool import Pool
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Rate and weights as released."""
    return Recipe(
        start=random,
        objective=SignalMatching(Attention(), squared_error, per_group=128),
        source=Pool(size=100, renew_every=10),
        optimisers={"data": Optimiser("sgd", rate=1.0, momentum=0.5)},
        steps=1500,
        contract=Contract(exam="dsa2021"),
    )


METHOD = Method(
    family="distribution",
    title="DataDAM: Efficient Dataset Distillation with Attention Matching",
    venue="ICCV",
    year=2023,
    arxiv="2310.00093",
    needs=("grid",),
    recipe=recipe,
    reported=(
        Reported("cifar10", "1 per class", "convnet", "dsa2021", 0.32, 0.012, "quoted; 1800 epochs", peeked=True),
        Reported("cifar10", "10 per class", "convnet", "dsa2021", 0.542, 0.008, "quoted; 1800 epochs", peeked=True),
    ),
    published_steps=8_000,
)
