"""DATM: the trajectory's epochs are as hard as the set is large, easy ones first, and soft labels are learnt.

Differences from the paper: few, narrow and short-lived experts, as MTT's here, and MTT's student steps, 50 for a few
items per class and 20 for more, instead of 80; at large budgets starts range from epoch 2 to 5 instead of 40 to 60.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.core.by_budget import ByBudget, Choice
from condenset.core.reported import Reported
from condenset.methods import ftd, mtt
from condenset.objectives.trajectory_matching import TrajectoryMatching
from condenset.recipe import Method, Optimiser, Recipe
from condenset.sources.expert import StartRange
from condenset.starts.confident import Confident
from condenset.tasks.task import Task

STARTS = ByBudget(
    (
        Choice(4, StartRange(end=2), "as MTT at 1 per class, Fashion-MNIST"),
        Choice(199, StartRange(end=4, begin_end=2, growth=100), "the paper's growth, in short epochs"),
        Choice(None, StartRange(first=2, end=6), "the paper: later epochs for larger sets"),
    )
)


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """MTT on FTD's experts, begun from examples that they classify correctly and from their opinion of these."""
    base = mtt.recipe(task, counts)
    source = replace(ftd.source(counts), starts=STARTS.at(counts))
    return replace(
        base,
        start=Confident(source, base.network),
        labels="logits",
        objective=TrajectoryMatching(mtt.inner_loop(counts), ignored_above=1.1),
        source=source,
        optimisers={**base.optimisers, "labels": Optimiser("sgd", rate=5.0, momentum=0.9)},
    )


METHOD = Method(
    family="trajectory",
    title="Towards Lossless Dataset Distillation via Difficulty-Aligned Trajectory Matching",
    venue="ICLR",
    year=2024,
    arxiv="2310.05773",
    needs=("grid", "classes"),
    recipe=recipe,
    whitened={"cifar10": "absolute"},
    reported=(
        Reported("cifar10", "1 per class", "convnet", "mtt2022", 0.469, 0.005, "Table 1 of PAD", peeked=True),
        Reported("cifar10", "10 per class", "convnet", "mtt2022", 0.668, 0.002, "Table 1 of PAD", peeked=True),
    ),
)
