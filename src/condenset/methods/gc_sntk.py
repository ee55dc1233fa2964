"""GC-SNTK: kernel ridge regression on nodes without edges predicts a graph's labels; features and labels are learnt.

Differences from the released code: nodes begin as centres of clusters (the release: noise); features are those of the
data, neither standardised nor propagated before the kernel; half the squared error of scores, not of probabilities;
labels are probabilities; a tenth of the regulariser, that of the kind of data.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.objectives.risk import KernelRidge, Risk
from condenset.recipe import Method, Optimiser, Recipe
from condenset.sources.pool import Pool
from condenset.starts.k_means import k_means
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Adam on features and labels, all labelled nodes at every step."""
    return Recipe(
        start=k_means,
        codec="graph-nodes",
        labels="logits",
        objective=Risk(KernelRidge("sntk"), examples=2000),
        source=Pool(siamese=False),
        optimisers={
            "data": Optimiser("adam", rate=0.01 * task.train.scale(), final=0.05),
            "labels": Optimiser("adam", rate=0.01, final=0.05),
        },
        steps=200,
        contract=Contract(exam="gcond2022"),
    )


METHOD = Method(
    family="kernel",
    title="Fast Graph Condensation with Structure-based Neural Tangent Kernel",
    venue="WWW",
    year=2024,
    arxiv="2310.11046",
    needs=("nodes", "classes", "kernel"),
    recipe=recipe,
    published_steps=200,
)
