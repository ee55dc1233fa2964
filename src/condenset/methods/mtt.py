"""MTT: training on the set should move a network as training on the data moved an expert.

Differences from the paper: 12 experts instead of 100, of no more epochs than are read, in convolutional nets of half
the width, and 500 steps at a falling rate instead of 5000; for larger sets 3 experts of short epochs in a quarter of
the width, and 800 steps. The learning rate is learnt as its logarithm so that it stays positive.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.assets.experts import Experts
from condenset.core.reported import Reported
from condenset.objectives.inner_loop import InnerLoop
from condenset.objectives.trajectory_matching import TrajectoryMatching
from condenset.recipe import Optimiser, Paper, Rates, Recipe
from condenset.sources.expert import Expert
from condenset.sources.start_range import StartRange
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task, narrow

_FEW = 5  # items per class


def inner_loop(counts: Int[Tensor, " groups"]) -> InnerLoop:
    """Fifty student steps for a few items per class, as published; twenty for more."""
    return InnerLoop(steps=50 if int(counts.max()) < _FEW else 20, batch=256, augment=True)


def source(counts: Int[Tensor, " groups"]) -> Expert:
    """Two expert epochs: early and whole ones for a few items per class, as published; short ones for more.

    A few items follow 3 experts too closely, and taught two points less on CIFAR-10. After the 6 short epochs that
    students followed at first, an expert knew 80 % of Fashion-MNIST, after 31 of them 86 %.
    """
    if int(counts.max()) < _FEW:
        return Expert(Experts(count=12, examples=60_000), starts=StartRange(end=2))
    return Expert(Experts(), starts=StartRange(end=30))


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Training on the whole set follows the experts."""
    few = int(counts.max()) < _FEW
    return Recipe(
        start=random,
        objective=TrajectoryMatching(inner_loop(counts)),
        source=source(counts),
        network=narrow(task, 2 if few else 4),
        optimisers={
            "data": Optimiser("sgd", rate=100.0, momentum=0.5, final=0.1),
            "rate": Optimiser("adam", rate=0.02),
        },
        rates=Rates(initial=0.01),
        steps=500 if few else 800,
        contract=Contract(exam="mtt2022"),
    )


PAPER = Paper(
    name="mtt",
    family="trajectory",
    title="Dataset Distillation by Matching Training Trajectories",
    venue="CVPR",
    year=2022,
    arxiv="2203.11932",
    tasks=("image", "tabular"),
    recipe=recipe,
    whitened={"cifar10": "absolute"},
    reported=(
        Reported("mnist", "1 per class", "convnet", "mtt2022", 0.914, 0.009, "by 2206.00719", peeked=True),
        Reported("mnist", "10 per class", "convnet", "mtt2022", 0.973, 0.001, "by 2206.00719", peeked=True),
        Reported("fashion-mnist", "1 per class", "convnet", "mtt2022", 0.751, 0.009, "by 2206.00719", peeked=True),
        Reported("fashion-mnist", "10 per class", "convnet", "mtt2022", 0.872, 0.003, "by 2206.00719", peeked=True),
        Reported("cifar10", "1 per class", "convnet", "mtt2022", 0.463, 0.008, "Table 1", peeked=True),
        Reported("cifar10", "10 per class", "convnet", "mtt2022", 0.653, 0.007, "Table 1", peeked=True),
    ),
)
