"""M3D: minimise the maximum mean discrepancy between embeddings under random networks, which compares all moments.

Differences from the paper: the Gaussian kernel is one of random Fourier features, so that real sides are kept, on
embeddings of unit length, of a bandwidth that is ours; the set begins at the centres of clusters; networks of a
quarter of the width come from a rolling pool; 6400 steps at a falling rate see at most 24 decoded images per class.
Neither the paper's constants nor its numbers could be checked.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.kernels.distance import squared_error
from condenset.objectives.signal_matching import SignalMatching
from condenset.recipe import Method, Optimiser, Recipe
from condenset.signals.characteristic_function import CharacteristicFunction
from condenset.sources.pool import Pool
from condenset.starts.k_means import k_means
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """The squared error between characteristic functions is the discrepancy times the number of frequencies."""
    signal = CharacteristicFunction(count=512, bandwidth=0.5)
    return Recipe(
        start=k_means,
        codec="multi-formation",
        objective=SignalMatching(signal, squared_error, per_group=128, of_set=24),
        source=Pool(size=100, renew_every=30),
        network=task.narrow(),
        optimisers={"data": Optimiser("adam", rate=0.01 * task.train.scale(), final=0.1)},
        steps=6400,
        contract=Contract(exam="dsa2021"),
    )


METHOD = Method(
    family="distribution",
    title="M3D: Dataset Condensation by Minimizing Maximum Mean Discrepancy",
    venue="AAAI",
    year=2024,
    arxiv="2312.15927",
    needs=("grid",),
    recipe=recipe,
)
