"""DM: match class-mean embeddings under random networks.

Differences from the paper: networks come from a rolling pool with cached real sides instead of a new one each
step, and all classes of a step share one siamese augmentation; the schedule is shorter (the paper: 20 000 steps).
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.kernels.distance import squared_error
from condenset.objectives.signal_matching import SignalMatching
from condenset.recipe import Method, Optimiser, Recipe
from condenset.signals.mean_embedding import MeanEmbedding
from condenset.sources.pool import Pool
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A pool of a hundred networks that is renewed all along, so that the set does not overfit a few."""
    return Recipe(
        start=random,
        objective=SignalMatching(MeanEmbedding(), squared_error, per_group=128),
        source=Pool(size=100, renew_every=10, siamese=True),
        optimisers={"data": Optimiser("sgd", rate=1.0, momentum=0.5)},
        steps=3000,
        contract=Contract(exam="dsa2021"),
    )


METHOD = Method(
    family="distribution",
    title="Dataset Condensation with Distribution Matching",
    venue="WACV",
    year=2023,
    arxiv="2110.04181",
    needs=("differentiable",),
    recipe=recipe,
    reported=(
        Reported("mnist", "1 per class", "convnet", "dsa2021", 0.897, 0.006, "quoted"),
        Reported("mnist", "10 per class", "convnet", "dsa2021", 0.975, 0.001, "quoted"),
        Reported("fashion-mnist", "10 per class", "convnet", "dsa2021", 0.835, None, "quoted"),
        Reported("cifar10", "10 per class", "convnet", "dsa2021", 0.489, 0.006, "Table 1"),
    ),
    published_steps=20_000,
)
