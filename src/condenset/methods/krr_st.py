"""KRR-ST: images without labels and learnt vectors, on which networks learn what an encoder makes of the data.

Ridge regression on the features of networks that are trained on the set predicts the encoder's vectors of real images.
Both sides are the squared error to fixed vectors: the loss of self-supervision itself would give the set a biased
gradient, as its augmentations are drawn anew.

Differences from the paper: an encoder that is trained for minutes, where a ResNet-18 is; norm-free networks of a
quarter of the width, in a pool as FRePo has it, which begin untrained and learn by Adam for 100 steps, where they take
up to 1 000 of SGD; half as many real images a step, and 1 500 steps at rates for so short a run, not 160 000.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.objectives.feature_ridge import FeatureRidge
from condenset.objectives.risk import Risk
from condenset.recipe import Method, Optimiser, Recipe
from condenset.sources.online_pool import OnlinePool
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task

_OF_TRACE = 1e-6  # of the kernel's whole trace, not of its mean diagonal


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A constant is a feature, too, and both images and vectors are learnt."""
    ridge = FeatureRidge(regulariser=_OF_TRACE * int(counts.sum()), bias=1.0)
    falling = {"data": 0.01 * task.train.scale(), "labels": 0.003}
    return Recipe(
        start=random,
        labels="soft",
        network="frepo-convnet:width=32",
        source=OnlinePool(rate=1e-3),
        objective=Risk(ridge, examples=512),
        optimisers={group: Optimiser("adam", rate, final=0.1) for group, rate in falling.items()},
        steps=1500,
        contract=Contract(exam="pretrain"),
    )


METHOD = Method(
    family="kernel",
    title="Self-Supervised Dataset Distillation for Transfer Learning",
    venue="ICLR",
    year=2024,
    arxiv="2310.06511",
    needs=("grid", "vectors"),
    recipe=recipe,
    published_steps=160_000,
)
