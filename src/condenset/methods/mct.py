"""MCT: TESLA on experts straightened to a line between their first and last parameters, at any real time.

Differences from the paper: 3 narrow experts of 6 epochs of 20 000 examples instead of 100 of 50, and two
stored networks of each instead of up to four.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.methods import tesla
from condenset.recipe import Method, Recipe
from condenset.sources.convex_expert import ConvexExpert
from condenset.sources.expert import StartRange
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Starts from the first half of the line, earlier ones first."""
    source = ConvexExpert(length=6, epochs=3, starts=StartRange(end=3, begin_end=1, growth=100))
    return replace(tesla.recipe(task, counts), source=source)


METHOD = Method(
    family="trajectory",
    title="Towards Stable and Storage-efficient Dataset Distillation: Matching Convexified Trajectory",
    venue="CVPR",
    year=2025,
    arxiv="2406.19827",
    needs=("differentiable", "independent"),
    recipe=recipe,
    whitened={"cifar10": "absolute"},
    reported=(Reported("cifar10", "1 per class", "convnet", "mtt2022", 0.4848, 0.0023, "README", peeked=True),),
)
