"""FTD: MTT with experts that were trained into flat valleys, so that a student's errors add up less.

Differences from the paper: those of MTT; the set is not averaged over the last steps.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.learners.gsam import Flatness
from condenset.methods import mtt
from condenset.recipe import Method, Recipe
from condenset.sources.expert import Expert
from condenset.tasks.task import Task


def source(counts: Int[Tensor, " groups"]) -> Expert:
    """MTT's experts, trained to lie in flat places of their loss."""
    expert = mtt.source(counts)
    return expert.with_experts(replace(expert.experts, flatness=Flatness()))


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """MTT's recipe with stretches of experts that were trained to be flat."""
    return replace(mtt.recipe(task, counts), source=source(counts))


METHOD = Method(
    family="trajectory",
    title="Minimizing the Accumulated Trajectory Error to Improve Dataset Distillation",
    venue="CVPR",
    year=2023,
    arxiv="2211.11004",
    needs=("differentiable", "independent"),
    recipe=recipe,
    whitened={"cifar10": "absolute"},
    reported=(
        Reported("cifar10", "1 per class", "convnet", "mtt2022", 0.46, 0.004, "Table 1 of PAD, no EMA", peeked=True),
        Reported("cifar10", "10 per class", "convnet", "mtt2022", 0.653, 0.004, "Table 1 of PAD, no EMA", peeked=True),
    ),
)
