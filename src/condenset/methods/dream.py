"""DREAM: as IDC, with real examples that represent their class instead of random ones.

Differences from the paper: those of `idc`; the images of a class that are clustered are four times as many random
ones as are taken, and the set begins with random ones.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.kernels.distance import l1, squared_error
from condenset.objectives.signal_matching import SignalMatching
from condenset.recipe import Optimiser, Paper, Recipe, Reported
from condenset.samplers.representatives import representatives
from condenset.signals.class_gradient import ClassGradient
from condenset.sources.queue import Queue
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Representatives are chosen anew when the network was trained; fewer of them do."""
    distance = l1 if task.input_shape[0] == 1 else squared_error
    return Recipe(
        start=random,
        codec="multi-formation",
        objective=SignalMatching(
            ClassGradient(dimensions=4), distance, per_group=32, of_set=10, sampler=representatives, cached=1
        ),
        source=Queue(),
        optimisers={"data": Optimiser("adam", rate=0.02 * task.train.scale())},
        steps=200,
        contract=Contract(exam="idc2022"),
    )


PAPER = Paper(
    name="dream",
    family="gradient",
    title="DREAM: Efficient Dataset Distillation by Representative Matching",
    venue="ICCV",
    year=2023,
    arxiv="2302.14416",
    tasks=("image",),
    recipe=recipe,
    reported=(
        Reported(
            dataset="fashion-mnist",
            budget="1 per class",
            network="convnet",
            exam="idc2022",
            mean=0.813,
            std=0.002,
            where="as quoted by later tables",
            peeked=True,
        ),
        Reported(
            dataset="fashion-mnist",
            budget="10 per class",
            network="convnet",
            exam="idc2022",
            mean=0.864,
            std=0.003,
            where="as quoted by later tables",
            peeked=True,
        ),
        Reported(
            dataset="cifar10",
            budget="1 per class",
            network="convnet",
            exam="idc2022",
            mean=0.511,
            std=0.003,
            where="as quoted by later tables",
            peeked=True,
        ),
        Reported(
            dataset="cifar10",
            budget="10 per class",
            network="convnet",
            exam="idc2022",
            mean=0.694,
            std=0.004,
            where="as quoted by later tables",
            peeked=True,
        ),
    ),
)
