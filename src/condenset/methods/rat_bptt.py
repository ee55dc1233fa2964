"""RaT-BPTT: descend on the set by Adam for a random number of steps, and differentiate through the last ones only.

With `boosting.parts` above 1 the items are learnt one part after another, so that the first parts are good sets of
their own. Differences from the paper: windows of 10 steps of at most 40 instead of 60 of 200, 512 real examples
instead of 5000, real examples at the start instead of noise, no augmentation, and a higher rate for a shorter run.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.kernels.descent import Adam
from condenset.objectives.inner_loop import InnerLoop
from condenset.objectives.risk import Risk, Unrolled
from condenset.recipe import Method, Optimiser, Recipe
from condenset.sources.pool import Pool
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A fresh network for every window."""
    inner = InnerLoop(steps=40, window=10, batch=100, rule=Adam(), rate=0.001)
    return Recipe(
        start=random,
        labels="soft",
        objective=Risk(Unrolled(inner), examples=512),
        source=Pool(siamese=False),
        optimisers={
            "data": Optimiser("adam", rate=0.03 * task.train.scale(), clip=2.0),
            "labels": Optimiser("adam", rate=0.01, least=0.0),
        },
        steps=200,
        contract=Contract(exam="rat2024"),
    )


METHOD = Method(
    family="bilevel",
    title="Embarrassingly Simple Dataset Distillation",
    venue="ICLR",
    year=2024,
    arxiv="2311.07025",
    needs=("differentiable", "independent"),
    recipe=recipe,
    whitened={"cifar10": "relative"},
    reported=(
        Reported("cifar10", "1 per class", "convnet", "rat2024", 0.532, 0.007, "main table", peeked=True),
        Reported("cifar10", "10 per class", "convnet", "rat2024", 0.694, 0.004, "main table", peeked=True),
        Reported("cifar100", "1 per class", "convnet", "rat2024", 0.363, 0.004, "main table", peeked=True),
    ),
)
