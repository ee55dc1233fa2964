"""RTP: an addressable memory of shared bases and coefficients, learnt through descent with momentum.

Differences from the paper: bases and coefficients begin at the principal directions of real examples instead of random
numbers, 20 inner steps on 100 images instead of 150 on 320, Adam instead of SGD outside, narrower networks, no L2
penalty on the coefficients.
"""

from __future__ import annotations

from math import ceil, prod

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.kernels.descent import Descent
from condenset.objectives.inner_loop import InnerLoop
from condenset.objectives.risk import Risk, Unrolled
from condenset.recipe import Method, Optimiser, Recipe
from condenset.sources.pool import Pool
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Twenty inner steps from a fresh network each time, on as many images as the bytes allow."""
    inner = InnerLoop(20, batch=100, rule=Descent(0.9), rate=0.01)
    return Recipe(
        start=random,
        codec=_codec(task, counts),
        objective=Risk(Unrolled(inner), examples=256),
        source=Pool(siamese=False),
        network=task.narrow(),
        optimisers={
            "data": Optimiser("adam", rate=0.01 * task.train.scale(), clip=2.0),
            "bases": Optimiser("adam", rate=0.01, clip=2.0),
        },
        steps=200,
        contract=Contract(exam="rtp2022"),
    )


def _codec(task: Task, counts: Int[Tensor, " groups"], most: int = 16, shrink: int = 2) -> str:
    """Bases for at most half of the numbers of a raw set, and coefficients for the rest."""
    items, (channels, height, width) = int(counts.sum()), task.input_spec.shape
    numbers, each = items * prod(task.input_spec.shape), channels * ceil(height / shrink) * ceil(width / shrink)
    there = int((task.train.counts() // counts).min())  # examples that an item can begin at
    bases = min(most, numbers // (2 * each), items * there)
    images = min((numbers - bases * each) // (items * bases), there)
    return f"bases:count={bases},shrink={shrink},images={max(1, images)}"


METHOD = Method(
    family="bilevel",
    title="Remember the Past: Distilling Datasets into Addressable Memories for Neural Networks",
    venue="NeurIPS",
    year=2022,
    arxiv="2206.02916",
    needs=("grid",),
    recipe=recipe,
    whitened={"cifar10": "relative"},
    reported=(
        Reported("cifar10", "1 per class", "convnet", "rtp2022", 0.664, 0.004, "main table"),
        Reported("cifar10", "10 per class", "convnet", "rtp2022", 0.712, 0.004, "main table"),
        Reported("mnist", "1 per class", "convnet", "rtp2022", 0.987, 0.007, "main table"),
        Reported("fashion-mnist", "1 per class", "convnet", "rtp2022", 0.885, 0.001, "main table"),
        Reported("fashion-mnist", "10 per class", "convnet", "rtp2022", 0.9, 0.007, "main table"),
    ),
)
