"""LD: real examples stay as they are, and the labels are learnt that teach a network most in one step.

Differences from the paper: labels begin near one-hot instead of uniform, networks live for 300 steps instead of until
they stop improving, 256 real examples a step instead of 1024, and a higher rate for a shorter run.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.objectives.inner_loop import InnerLoop
from condenset.objectives.risk import Risk, Unrolled
from condenset.recipe import Method, Optimiser, Recipe
from condenset.sources.online import Online
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """One inner step from a network that is trained on the set meanwhile."""
    return Recipe(
        start=random,
        labels="probabilities",
        objective=Risk(Unrolled(InnerLoop(1, batch=50, rate=0.01)), examples=256),
        source=Online(outer=300, batch=50, optimiser="adam", rate=0.001, siamese=False),
        optimisers={"labels": Optimiser("adam", rate=0.01, least=0.0)},
        steps=3000,
        contract=Contract(exam="ld2020"),
    )


METHOD = Method(
    family="bilevel",
    title="Flexible Dataset Distillation: Learn Labels Instead of Images",
    venue="NeurIPS Meta-Learning Workshop",
    year=2020,
    arxiv="2006.08572",
    needs=("differentiable", "independent"),
    recipe=recipe,
    reported=(
        Reported("mnist", "1 per class", "lenet", "ld2020", 0.609, 0.032, "quoted in 2107.13034, Table 1"),
        Reported("mnist", "10 per class", "lenet", "ld2020", 0.873, 0.007, "quoted in 2107.13034, Table 1"),
        Reported("cifar10", "1 per class", "alexnet", "ld2020", 0.257, 0.007, "quoted in 2107.13034, Table 1"),
        Reported("cifar10", "10 per class", "alexnet", "ld2020", 0.383, 0.004, "quoted in 2107.13034, Table 1"),
    ),
)
