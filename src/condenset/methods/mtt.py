"""MTT: training on the set should move a network as training on the data moved an expert.

Differences from the paper: 3 experts of 6 epochs of 20 000 examples instead of 100 of 50 whole ones; convolutional nets
of a quarter of the width; 800 steps at a falling rate instead of 5000; and the learning rate is learnt as its logarithm
so that it stays positive.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.objectives.trajectory_matching import TrajectoryMatching
from condenset.recipe import Optimiser, Paper, Rates, Recipe, narrow
from condenset.sources.expert import Expert
from condenset.sources.start_range import StartRange
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Twenty student steps on the whole set follow two expert epochs."""
    return Recipe(
        start=random,
        objective=TrajectoryMatching(),
        source=Expert(starts=StartRange(end=5)),
        network=narrow(task),
        optimisers={
            "data": Optimiser("sgd", rate=100.0, momentum=0.5, final=0.1),
            "rate": Optimiser("adam", rate=0.02),
        },
        rates=Rates(initial=0.01),
        steps=800,
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
