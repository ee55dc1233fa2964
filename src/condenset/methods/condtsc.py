"""CondTSC: trajectories of a network that reads series in time and in frequency, on disturbed views of the set.

Differences from the paper: every step of the inner loop draws one view of each series instead of summing the gradients
of all four; 6 experts in a narrow network of layer normalisation instead of batch normalisation; 300 steps at a falling
rate instead of 2000; experts see the training part alone, which the released loader merges with the validation part.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.assets.experts import Experts
from condenset.objectives.embedded_trajectory import EmbeddedTrajectory
from condenset.objectives.inner_loop import InnerLoop
from condenset.recipe import Method, Optimiser, Rates, Recipe
from condenset.sources.expert import Expert, StartRange
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Ten student steps follow forty epochs of an expert, as published."""
    return Recipe(
        start=random,
        objective=EmbeddedTrajectory(InnerLoop(steps=10, augment=True)),
        source=Expert(Experts(count=6, examples=None, rate=0.05), epochs=40, starts=StartRange(end=60)),
        network="dual-cnn:width=16",
        optimisers={
            "data": Optimiser("sgd", rate=1.0, momentum=0.5, final=0.1),
            "rate": Optimiser("adam", rate=0.02),
        },
        rates=Rates(initial=0.05),
        steps=300,
        contract=Contract(exam=task.modality.exam),
    )


METHOD = Method(
    family="trajectory",
    title="Dataset Condensation for Time Series Classification via Dual Domain Matching",
    venue="KDD",
    year=2024,
    arxiv="2403.07245",
    needs=("series", "classes"),
    recipe=recipe,
    published_steps=2000,
)
