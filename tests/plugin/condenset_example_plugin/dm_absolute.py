"""DM with absolute differences: class-mean embeddings are pulled together evenly, however far they are apart."""

from __future__ import annotations

from collections.abc import Sequence

from jaxtyping import Float, Int
from torch import Tensor

from condenset.objectives.signal_matching import SignalMatching
from condenset.recipe import Method, Optimiser, Recipe
from condenset.signals.mean_embedding import MeanEmbedding
from condenset.sources.pool import Pool
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def absolute(real: Sequence[Tensor], synthetic: Sequence[Tensor]) -> Float[Tensor, " groups"]:
    """Sum of absolute differences over all parts of a signal, (groups, ...) each."""
    pairs = zip(real, synthetic, strict=True)
    return sum((a - b).flatten(1).abs().sum(1) for a, b in pairs)


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A few steps among a few networks."""
    return Recipe(
        start=random,
        codec="untouched",
        objective=SignalMatching(MeanEmbedding(), absolute, per_group=32),
        source=Pool(size=2, renew_every=10, siamese=True),
        optimisers={"data": Optimiser("sgd", rate=0.1, momentum=0.5)},
        steps=10,
        contract=Contract(exam=task.modality.exam),
    )


METHOD = Method(
    family="distribution",
    title="An example of a method in a package of its own",
    venue="none",
    year=2025,
    needs=("differentiable",),
    recipe=recipe,
)
