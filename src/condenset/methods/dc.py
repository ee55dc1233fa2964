"""DC: match the gradients that real and synthetic examples of a class give the same network.

The network is trained on the set between matching steps. Differences from the paper: 300 networks of ten matching
steps at ten images per class (the paper: 1000 networks); other budgets interpolate its loop table.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.kernels.distance import layerwise_cosine
from condenset.objectives.signal_matching import SignalMatching
from condenset.recipe import Optimiser, Paper, Recipe
from condenset.signals.class_gradient import ClassGradient
from condenset.sources.online import Online, released_loops
from condenset.starts.noise import noise
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """The released table of loops; 300 networks."""
    outer, inner = released_loops(int(counts.max()))
    return Recipe(
        start=noise,
        objective=SignalMatching(ClassGradient(), layerwise_cosine, per_group=256),
        source=Online(outer, inner, siamese=False),
        optimisers={"data": Optimiser("sgd", rate=0.1, momentum=0.5)},
        steps=300 * outer,
        contract=Contract(exam="dc2021"),
    )


PAPER = Paper(
    name="dc",
    family="gradient",
    title="Dataset Condensation with Gradient Matching",
    venue="ICLR",
    year=2021,
    arxiv="2006.05929",
    tasks=("image", "tabular"),
    recipe=recipe,
    reported=(
        Reported("mnist", "1 per class", "convnet", "dc2021", 0.917, 0.005, "Table 1"),
        Reported("mnist", "10 per class", "convnet", "dc2021", 0.974, 0.002, "Table 1"),
        Reported("fashion-mnist", "1 per class", "convnet", "dc2021", 0.705, 0.006, "Table 1"),
        Reported("fashion-mnist", "10 per class", "convnet", "dc2021", 0.823, 0.004, "Table 1"),
        Reported("cifar10", "10 per class", "convnet", "dc2021", 0.449, 0.005, "Table 1"),
    ),
)
