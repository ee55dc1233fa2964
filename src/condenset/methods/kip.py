"""KIP: kernel ridge regression on the set predicts the real labels; inputs and labels are learnt.

The kernel is the task's own: a neural tangent kernel for images and tables, a structure-based one for graphs
(GC-SNTK, Wang et al., WWW 2024, arXiv 2310.11046).
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.objectives.risk import KernelRidge, Risk
from condenset.recipe import Method, Optimiser, Recipe
from condenset.sources.pool import Pool
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Adam at falling rates on inputs and labels, longer for larger sets; real targets anew at every step."""
    return Recipe(
        start=random,
        labels="soft",
        objective=Risk(KernelRidge(), examples=2000),
        source=Pool(siamese=False),
        optimisers={
            "data": Optimiser("adam", rate=0.04 * task.train.scale(), final=0.05),
            "labels": Optimiser("adam", rate=0.01, final=0.05),
        },
        steps=min(3000, 300 * (1 + int(counts.max()))),
        contract=Contract(exam="kip2021"),
    )


METHOD = Method(
    family="kernel",
    title="Dataset Meta-Learning from Kernel Ridge-Regression",
    venue="ICLR",
    year=2021,
    arxiv="2011.00050",
    needs=("differentiable", "kernel"),
    recipe=recipe,
    reported=(
        Reported("mnist", "1 per class", "kernel", "kip2021", 0.965, 0.001, "conv kernel, 2107.13034"),
        Reported("mnist", "10 per class", "kernel", "kip2021", 0.991, 0.001, "conv kernel, 2107.13034"),
        Reported("fashion-mnist", "1 per class", "kernel", "kip2021", 0.767, 0.002, "conv kernel, 2107.13034"),
        Reported("fashion-mnist", "10 per class", "kernel", "kip2021", 0.888, 0.001, "conv kernel, 2107.13034"),
    ),
)
