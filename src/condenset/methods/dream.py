"""DREAM: as IDC, with real examples that represent their class instead of random ones.

Differences from the paper: those of `idc`, and 2000 steps; the images of a class that are clustered are four times as
many random ones as are taken, and the set begins with random ones.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.methods import idc
from condenset.recipe import Method, Recipe
from condenset.samplers.representatives import representatives
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Representatives are chosen anew when the network was trained; fewer of them do."""
    objective = replace(idc.matching(task), per_group=32, sampler=representatives)
    return replace(idc.recipe(task, counts), objective=objective, steps=2000)


METHOD = Method(
    family="gradient",
    title="DREAM: Efficient Dataset Distillation by Representative Matching",
    venue="ICCV",
    year=2023,
    arxiv="2302.14416",
    needs=("grid",),
    recipe=recipe,
    reported=(
        Reported("mnist", "1 per class", "convnet", "idc2022", 0.957, 0.003, "quoted", peeked=True),
        Reported("mnist", "10 per class", "convnet", "idc2022", 0.986, 0.001, "quoted", peeked=True),
        Reported("fashion-mnist", "1 per class", "convnet", "idc2022", 0.813, 0.002, "quoted", peeked=True),
        Reported("fashion-mnist", "10 per class", "convnet", "idc2022", 0.864, 0.003, "quoted", peeked=True),
        Reported("cifar10", "1 per class", "convnet", "idc2022", 0.511, 0.003, "quoted", peeked=True),
        Reported("cifar10", "10 per class", "convnet", "idc2022", 0.694, 0.004, "quoted", peeked=True),
    ),
)
