"""KiDD: kernel ridge regression on the set predicts the real graphs' classes under a graph kernel; graphs are learnt.

Differences from the paper: those of DosCond in where sets begin (the paper: by herding) and what is drawn; edges have
logits of their own (the release takes an adjacency of 0 and 1 for logits, so that half of all pairs are joined as it
learns); half the squared error alone, without a penalty on the kernel's matrix; a hundred times the regulariser.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.finishes.likeliest_graphs import likeliest_graphs
from condenset.objectives.risk import KernelRidge, Risk
from condenset.objectives.sampled import Sampled
from condenset.recipe import Method, Optimiser, Recipe
from condenset.sources.pool import Pool
from condenset.starts.medoids import medoids
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Adam at falling rates; other real graphs at every step."""
    return Recipe(
        start=medoids,
        codec="bernoulli-graphs",
        objective=Sampled(Risk(KernelRidge("lite-gntk"), examples=64), cold=0.1),
        source=Pool(siamese=False),
        optimisers={
            "data": Optimiser("adam", rate=0.1, final=0.1),
            "adjacency": Optimiser("adam", rate=0.1, final=0.1),
        },
        steps=150,
        finish=(likeliest_graphs,),
        contract=Contract(exam=task.modality.exam),
    )


METHOD = Method(
    family="kernel",
    title="Kernel Ridge Regression-Based Graph Dataset Distillation",
    venue="KDD",
    year=2023,
    needs=("graphs", "classes"),
    recipe=recipe,
    doi="10.1145/3580305.3599398",
)
