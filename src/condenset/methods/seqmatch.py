"""SeqMatch: the items of a class are distilled one part after another by MTT, each beyond what the earlier ones teach.

Differences from the paper: those of MTT; two parts; one learning rate for all; the finished set is trained on whole
instead of part by part. The data are stepped without momentum at twice MTT's rate, so that finished items stay put.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.methods import mtt
from condenset.objectives.trajectory_matching import TrajectoryMatching
from condenset.recipe import Method, Optimiser, Recipe
from condenset.sources.sequential_expert import SequentialExpert
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """MTT in two stages where there are two items of a class."""
    base, stages = mtt.recipe(task, counts), min(2, int(counts.max()))
    return replace(
        base,
        objective=TrajectoryMatching(mtt.inner_loop(counts), stages=stages),
        source=SequentialExpert(mtt.source(counts), stages=stages, steps=base.steps // stages),
        optimisers={**base.optimisers, "data": Optimiser("sgd", rate=200.0)},
    )


METHOD = Method(
    family="trajectory",
    title="Sequential Subset Matching for Dataset Distillation",
    venue="NeurIPS",
    year=2023,
    arxiv="2311.01570",
    needs=("differentiable", "independent"),
    recipe=recipe,
)
