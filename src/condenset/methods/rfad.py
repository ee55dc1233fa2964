"""RFAD: ridge regression on the features of random networks, which stand for an infinitely wide one; labels learnt.

Differences from the paper: 16 networks of width 64 a step instead of eight of 256, which come from a rolling pool and
read 512 real examples once, instead of fresh ones with 5120; Adam instead of AdaBelief, the temperature of the
loss is solved for at every step instead of learnt, no linear map of all images is learnt beside them, and the schedule
is fixed instead of stopped early. The paper's numbers, of the exact kernel and learnt labels, stand here from memory;
those of networks of finite width are not repeated.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.objectives.feature_ridge import FeatureRidge
from condenset.objectives.risk import Risk
from condenset.recipe import Method, Optimiser, Recipe
from condenset.sources.pool import Pool
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Networks live for 250 steps; the kernel is that of an affine output layer on their features."""
    return Recipe(
        start=random,
        labels="soft",
        objective=Risk(FeatureRidge(regulariser=5e-3, scale=2.0, bias=0.01, calibrated=True), examples=512),
        source=Pool(size=10, renew_every=25, siamese=False),
        network="nngp-convnet:width=64,copies=16",
        optimisers={
            "data": Optimiser("adam", rate=0.06 * task.train.scale(), final=0.1),
            "labels": Optimiser("adam", rate=0.015, final=0.1),
        },
        steps=8000,
        contract=Contract(exam="rfad2022"),
    )


METHOD = Method(
    family="kernel",
    title="Efficient Dataset Distillation using Random Feature Approximation",
    venue="NeurIPS",
    year=2022,
    arxiv="2210.12067",
    needs=("grid",),
    recipe=recipe,
    whitened={"cifar10": "relative"},
    reported=(
        Reported("mnist", "1 per class", "features:nngp-convnet/copies=32", "rfad2022", 0.972, 0.002, "from memory"),
        Reported("mnist", "10 per class", "features:nngp-convnet/copies=32", "rfad2022", 0.991, 0.0, "from memory"),
        Reported(
            "fashion-mnist", "1 per class", "features:nngp-convnet/copies=32", "rfad2022", 0.846, 0.002, "from memory"
        ),
        Reported(
            "fashion-mnist", "10 per class", "features:nngp-convnet/copies=32", "rfad2022", 0.903, 0.002, "from memory"
        ),
    ),
)
