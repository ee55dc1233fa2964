"""GEOM: SFGC with experts that learn from easy nodes first, a growing range of starts, and soft labels.

Differences from the paper: a reduced schedule, that of SFGC here (the release for Cora: experts of 3000 epochs, 2500
student steps to follow 1500 of them); a node is hard where its neighbours' guessed classes differ (the release counts
true ones, those of test nodes among them); the curriculum grows linearly; nodes begin at random ones that experts
classify correctly; the expert whose own loss on the set is added is that of the goal, and moves the features alone.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.assets.curriculum import Curriculum
from condenset.core.reported import Reported
from condenset.methods import sfgc
from condenset.objectives.trajectory_matching import TrajectoryMatching
from condenset.recipe import Method, Optimiser, Recipe
from condenset.sources.expert import Expert, StartRange
from condenset.starts.confident import Confident
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Experts see all nodes from the middle of their training on; labels move with momentum."""
    base = sfgc.recipe(task, counts)
    experts = replace(sfgc.EXPERTS, curriculum=Curriculum(0.75, whole_from=85, left_out=(), hard="neighbours"))
    source = Expert(experts, 150, StartRange(end=20, begin_end=5, growth=100))
    return replace(
        base,
        start=Confident(source),
        labels="logits",
        objective=TrajectoryMatching(sfgc.INNER, squared=False, embedding=0.01),
        source=source,
        optimisers={**base.optimisers, "labels": Optimiser("sgd", rate=1.0, momentum=0.9)},
    )


METHOD = Method(
    family="trajectory",
    title="Navigating Complexity: Toward Lossless Graph Condensation via Expanding Window Matching",
    venue="ICML",
    year=2024,
    arxiv="2402.05011",
    needs=("nodes", "classes", "differentiable"),
    recipe=recipe,
    reported=(
        Reported("cora", "35 nodes", "gcn", "gcond2022", 0.825, 0.004, "scripts of the release", peeked=True),
        Reported("cora", "70 nodes", "gcn", "gcond2022", 0.836, 0.003, "scripts of the release", peeked=True),
    ),
    published_steps=200,
)
