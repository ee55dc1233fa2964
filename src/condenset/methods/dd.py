"""DD: descend on the set for a few steps from random networks, and minimise the loss on real data afterwards.

Inputs and one learning rate per inner step are learnt. Differences from the paper: rates are log-parameterised instead
of softplus, at 1 per class the set is replayed ten times, gradients are clipped, and the outer schedule is short.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.objectives.inner_loop import InnerLoop
from condenset.objectives.risk import Risk, Unrolled
from condenset.recipe import Method, Optimiser, Rates, Recipe
from condenset.sources.pool import Pool
from condenset.starts.noise import noise
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Fresh networks descend on batches with one item of each class, up to ten of them, three times over or more."""
    batches = min(10, int(counts.max()))
    passes = max(3, 10 // batches)
    return Recipe(
        start=noise,
        objective=Risk(Unrolled(InnerLoop(batches * passes, replayed=batches)), examples=512),
        source=Pool(siamese=False),
        optimisers={
            "data": Optimiser("adam", rate=0.02, final=0.1, clip=1.0),
            "rate": Optimiser("adam", rate=0.01, final=0.1, clip=1.0),
        },
        rates=Rates(initial=0.02, steps=batches * passes),
        steps=2000,
        contract=Contract(exam="dd2018", batches="fixed", epochs=passes),
    )


METHOD = Method(
    family="bilevel",
    title="Dataset Distillation",
    venue="arXiv",
    year=2018,
    arxiv="1811.10959",
    needs=("differentiable", "independent"),
    recipe=recipe,
    reported=(Reported("mnist", "10 per class", "lenet:init=xavier", "dd2018", 0.795, 0.081, "random initialisation"),),
)
