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
from condenset.core.reported import Reported
from condenset.learners.gsam import Flatness
from condenset.methods import datm, mtt
from condenset.objectives.trajectory_matching import TrajectoryMatching
from condenset.recipe import Paper, Recipe
from condenset.sources.expert import Expert
from condenset.starts.confident import Confident
from condenset.tasks.task import Task

CURRICULUM = Curriculum(easiest=0.75, whole_from=1, left_out=((3, 0.1), (4, 0.2)))


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Nothing is left out of the distance at 1 per class, half of the parameters up to 20, a quarter up to 100."""
    per_class = int(counts.max())
    unmatched = 0.0 if per_class < 5 else 0.25 if 20 < per_class <= 100 else 0.5
    source = Expert(Experts(flatness=Flatness(), curriculum=CURRICULUM), starts=datm.starts(per_class))
    base = datm.recipe(task, counts)
    return replace(
        base,
        start=Confident(source, base.network),
        objective=TrajectoryMatching(mtt.inner_loop(counts), unmatched=unmatched, ignored_above=1.1),
        source=source,
    )


PAPER = Paper(
    name="pad",
    family="trajectory",
    title="Prioritize Alignment in Dataset Distillation",
    venue="arXiv",
    year=2024,
    arxiv="2408.03360",
    tasks=("image",),
    recipe=recipe,
    whitened={"cifar10": "absolute"},
    reported=(
        Reported("cifar10", "1 per class", "convnet", "mtt2022", 0.472, 0.006, "Table 1", peeked=True),
        Reported("cifar10", "10 per class", "convnet", "mtt2022", 0.674, 0.003, "Table 1", peeked=True),
    ),
)
