"""PAD: DATM with experts that learn from easy examples first, and without the first layers in the distance.

Differences from the paper: those of DATM, with 3 experts, whose epochs are of 20 000 examples at any budget; the
curriculum's 100 epochs are shortened with theirs, and the hard examples are told by one network.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.assets.curriculum import Curriculum
from condenset.assets.experts import Experts
from condenset.core.by_budget import ByBudget, Choice
from condenset.core.reported import Reported
from condenset.learners.gsam import Flatness
from condenset.methods import datm, mtt
from condenset.objectives.trajectory_matching import TrajectoryMatching
from condenset.recipe import Method, Recipe
from condenset.sources.expert import Expert
from condenset.starts.confident import Confident
from condenset.tasks.task import Task

UNMATCHED = ByBudget(
    (
        Choice(4, 0.0, "the paper at 1 per class"),
        Choice(20, 0.5, "the paper at 10 per class"),
        Choice(100, 0.25, "the paper at 50 per class"),
        Choice(None, 0.5, "as at 10 per class"),
    )
)
CURRICULUM = Curriculum(easiest=0.75, whole_from=1, left_out=((3, 0.1), (4, 0.2)))


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """MTT on experts with a curriculum, begun as DATM, the first layers left out of the distance."""
    source = Expert(Experts(flatness=Flatness(), curriculum=CURRICULUM), starts=datm.STARTS.at(counts))
    base = datm.recipe(task, counts)
    return replace(
        base,
        start=Confident(source, base.network),
        objective=TrajectoryMatching(mtt.inner_loop(counts), unmatched=UNMATCHED.at(counts), ignored_above=1.1),
        source=source,
    )


METHOD = Method(
    family="trajectory",
    title="Prioritize Alignment in Dataset Distillation",
    venue="arXiv",
    year=2024,
    arxiv="2408.03360",
    needs=("grid", "classes"),
    recipe=recipe,
    whitened={"cifar10": "absolute"},
    reported=(
        Reported("cifar10", "1 per class", "convnet", "mtt2022", 0.472, 0.006, "Table 1", peeked=True),
        Reported("cifar10", "10 per class", "convnet", "mtt2022", 0.674, 0.003, "Table 1", peeked=True),
    ),
)
