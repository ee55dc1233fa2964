"""MTT: training on the set should move a network as training on the data moved an expert.

Differences from the paper: 12 experts instead of 100, of no more epochs than are read, in convolutional nets of half
the width, and 500 steps at a falling rate instead of 5000; for larger sets 3 experts of short epochs in a quarter of
the width, and 800 steps. The learning rate is learnt as its logarithm so that it stays positive.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.assets.experts import Experts
from condenset.core.by_budget import ByBudget, Choice
from condenset.core.reported import Reported
from condenset.objectives.inner_loop import InnerLoop
from condenset.objectives.trajectory_matching import TrajectoryMatching
from condenset.recipe import Method, Optimiser, Rates, Recipe
from condenset.sources.expert import Expert, StartRange
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task

# student steps; experts and starts; the share of the width of their networks; outer steps
SETTINGS = ByBudget(
    (
        Choice(
            4,
            (50, Expert(Experts(count=12, examples=60_000), starts=StartRange(end=2)), 2, 500),
            "the paper's steps and starts at 1 per class; 3 experts taught two points less on CIFAR-10",
        ),
        Choice(
            None,
            (20, Expert(starts=StartRange(end=30)), 4, 800),
            "Fashion-MNIST at 10 per class: after 6 short epochs an expert knew 80 % of it, after 31 of them 86 %",
        ),
    )
)


def inner_loop(counts: Int[Tensor, " groups"]) -> InnerLoop:
    """The student on the set: as many augmented steps as suit the number of items per class."""
    return InnerLoop(steps=SETTINGS.at(counts)[0], batch=256, augment=True)


def source(counts: Int[Tensor, " groups"]) -> Expert:
    """Two expert epochs: early and whole ones for a few items per class, as published; short ones for more."""
    return SETTINGS.at(counts)[1]


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Training on the whole set follows the experts."""
    *_, share, steps = SETTINGS.at(counts)
    return Recipe(
        start=random,
        objective=TrajectoryMatching(inner_loop(counts)),
        source=source(counts),
        network=task.narrow(share),
        optimisers={
            "data": Optimiser("sgd", rate=100.0, momentum=0.5, final=0.1),
            "rate": Optimiser("adam", rate=0.02),
        },
        rates=Rates(initial=0.01),
        steps=steps,
        contract=Contract(exam="mtt2022"),
    )


METHOD = Method(
    family="trajectory",
    title="Dataset Distillation by Matching Training Trajectories",
    venue="CVPR",
    year=2022,
    arxiv="2203.11932",
    needs=("differentiable", "independent"),
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
