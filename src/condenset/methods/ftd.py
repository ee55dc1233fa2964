"""FTD: MTT with experts that were trained into flat valleys, so that a student's errors add up less.

Differences from the paper: those of MTT; the set is not averaged over the last steps.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.assets.experts import Experts
from condenset.learners.gsam import Flatness
from condenset.methods import mtt
from condenset.recipe import Paper, Recipe, Reported
from condenset.sources.expert import Expert
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """MTT with flat experts."""
    return replace(mtt.recipe(task, counts), source=Expert(Experts(flatness=Flatness())))


PAPER = Paper(
    name="ftd",
    family="trajectory",
    title="Minimizing the Accumulated Trajectory Error to Improve Dataset Distillation",
    venue="CVPR",
    year=2023,
    arxiv="2211.11004",
    tasks=("image", "tabular"),
    recipe=recipe,
    reported=(
        Reported(
            dataset="cifar10",
            budget="1 per class",
            network="convnet",
            exam="mtt2022",
            mean=0.46,
            std=0.004,
            where="Table 1 of PAD (arXiv 2408.03360), without the moving average",
            peeked=True,
        ),
        Reported(
            dataset="cifar10",
            budget="10 per class",
            network="convnet",
            exam="mtt2022",
            mean=0.653,
            std=0.004,
            where="Table 1 of PAD (arXiv 2408.03360), without the moving average",
            peeked=True,
        ),
    ),
)
