"""GDEM: match the eigenbasis of the real graph; features and eigenvectors are learnt, eigenvalues are the real ones.

Differences from the released code: features begin as means of clusters of propagated nodes and eigenvectors as those of
the similarity of these (the release: an inverted perceptron and a block model), the whole graph is taken and not its
largest component, and there are fewer steps.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.objectives.spectrum_matching import SpectrumMatching
from condenset.recipe import Method, Optimiser, Recipe
from condenset.sources.pool import Pool
from condenset.starts.k_means import k_means
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Alternate: ten steps on the eigenvectors, fifteen on the features, as released for Citeseer."""
    return Recipe(
        start=k_means,
        codec="graph-spectrum",
        network="sgc",
        objective=SpectrumMatching(),
        source=Pool(size=1, renew_every=10_000, siamese=False),
        optimisers={
            "data": Optimiser("adam", rate=0.05 * task.train.scale(), active=(25, 10, 25)),
            "adjacency": Optimiser("adam", rate=5e-4, active=(25, 0, 10)),
        },
        steps=1000,
        contract=Contract(exam="gcond2022"),
    )


METHOD = Method(
    family="distribution",
    title="Graph Distillation with Eigenbasis Matching",
    venue="ICML",
    year=2024,
    arxiv="2310.09202",
    needs=("nodes", "classes"),
    recipe=recipe,
)
