"""DC: match the gradients that real and synthetic examples of a class give the same network.

The network is trained on the set between stages of matching. Differences from the paper: 3000 steps at a falling rate,
ten to a stage, so that the real side is measured once (the paper: 1000 networks and one step a stage); convolutional
networks of a quarter of the width; budgets between the paper's interpolate its loop table.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.kernels.distance import layerwise_cosine
from condenset.objectives.signal_matching import SignalMatching
from condenset.recipe import Method, Optimiser, Recipe
from condenset.signals.class_gradient import ClassGradient
from condenset.sources.online import Online, released_loops
from condenset.starts.noise import noise
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """The released table of loops."""
    outer, inner = released_loops(int(counts.max()))
    return Recipe(
        start=noise,
        objective=SignalMatching(ClassGradient(), layerwise_cosine, per_group=256),
        source=Online(outer, inner, every=10, siamese=False),
        network=task.narrow(),
        optimisers={"data": Optimiser("sgd", rate=0.1, momentum=0.5, final=0.1)},
        steps=3000,
        contract=Contract(exam="dc2021"),
    )


METHOD = Method(
    family="gradient",
    title="Dataset Condensation with Gradient Matching",
    venue="ICLR",
    year=2021,
    arxiv="2006.05929",
    needs=("differentiable", "independent"),
    recipe=recipe,
    reported=(
        Reported("fashion-mnist", "1 per class", "convnet", "dc2021", 0.705, 0.006, "Table 1"),
        Reported("fashion-mnist", "10 per class", "convnet", "dc2021", 0.823, 0.004, "Table 1"),
        Reported("cifar10", "10 per class", "convnet", "dc2021", 0.449, 0.005, "Table 1"),
        Reported("mnist", "1 per class", "convnet", "dc2021-mnist", 0.917, 0.005, "Table 1"),
        Reported("mnist", "10 per class", "convnet", "dc2021-mnist", 0.974, 0.002, "Table 1"),
    ),
)
