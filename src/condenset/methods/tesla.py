"""TESLA: MTT with every student's parameters taken as constants, so that a step costs less.

Differences from the paper: those of MTT; hard labels (the paper labels ImageNet-1K by the goal's network); the
gradient is the formula's, twice what the released code hands to its optimiser.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.methods import mtt
from condenset.objectives.inner_loop import InnerLoop
from condenset.objectives.trajectory_matching import TrajectoryMatching
from condenset.recipe import Paper, Recipe, Reported
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """MTT without the curvature of the inner loop."""
    inner = InnerLoop(steps=10, batch=256, augment=True, curvature=False)
    return replace(mtt.recipe(task, counts), objective=TrajectoryMatching(inner))


PAPER = Paper(
    name="tesla",
    family="trajectory",
    title="Scaling Up Dataset Distillation to ImageNet-1K with Constant Memory",
    venue="ICML",
    year=2023,
    arxiv="2211.10586",
    tasks=("image", "tabular"),
    recipe=recipe,
    reported=(
        Reported(
            dataset="cifar10",
            budget="1 per class",
            network="convnet",
            exam="mtt2022",
            mean=0.485,
            std=0.008,
            where="Table 1 of PAD (arXiv 2408.03360)",
            peeked=True,
        ),
        Reported(
            dataset="cifar10",
            budget="10 per class",
            network="convnet",
            exam="mtt2022",
            mean=0.664,
            std=0.008,
            where="Table 1 of PAD (arXiv 2408.03360)",
            peeked=True,
        ),
    ),
)
